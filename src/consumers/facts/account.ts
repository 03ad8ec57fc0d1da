import { at, text } from "../../core/values.ts";
import type { KubeObject, Readers } from "../../systems/world.ts";
import type { AccountFact, Asked } from "../diagnosis/evidence.ts";
import type { OperatorPodFact } from "../diagnosis/operator-facts.ts";

const created = ({ metadata }: KubeObject): number => Date.parse(metadata.creationTimestamp ?? "");

/** The account that logs in. */
export async function accountFact({ kube }: Readers, { account }: Asked): Promise<AccountFact | undefined> {
  const found = await kube.get({ apiVersion: "v1", kind: "ServiceAccount", ...account });
  return found && { uid: found.metadata.uid ?? "", createdMs: created(found), ageMs: Date.now() - created(found) };
}

/** Pods of the operator's namespace that run and are not about to end. */
export async function operatorPodFacts({ kube }: Readers, { operatorNamespace: namespace }: Asked): Promise<OperatorPodFact[]> {
  const found = await kube.list({ apiVersion: "v1", kind: "Pod", namespace });
  return found
    .filter((one) => at(one, "status", "phase") === "Running" && one.metadata.deletionTimestamp === undefined)
    .map((one) => ({ account: text(at(one, "spec", "serviceAccountName")) ?? "", createdMs: created(one) }));
}
