import { isRecord } from "../../core/compare.ts";
import { at, list, text } from "../../core/values.ts";
import { owner } from "../../kubernetes/ownership.ts";
import type { KubeObject, Readers } from "../../systems/world.ts";
import type { Asked } from "../diagnosis/evidence.ts";
import type { LoginPlan } from "../diagnosis/login-plan.ts";
import type { StoreFact } from "../diagnosis/operator-facts.ts";
import { esoApiVersion } from "../eso/version.ts";
import { readyOf } from "./condition.ts";
import { saidOf } from "./events.ts";

/** The store as it is, with what the operator says of it. */
export async function storeFact(read: Readers, { store }: Asked): Promise<StoreFact | undefined> {
  if (store === undefined) return undefined;
  const found = await read.kube.get({ apiVersion: await esoApiVersion(read), ...store });
  if (found === undefined) return undefined;
  const vault = at(found, "spec", "provider", "vault");
  const said = await saidOf(read.kube, found);
  return {
    server: text(at(vault, "server")) ?? "",
    path: text(at(vault, "path")) ?? "",
    version: text(at(vault, "version")) ?? "v2",
    vaultNamespace: text(at(vault, "namespace")) ?? "",
    hasCa: at(vault, "caBundle") !== undefined || at(vault, "caProvider") !== undefined,
    login: loginIn(found),
    foreign: isForeign(found),
    ready: readyOf(found),
    events: said.warnings,
    heardMs: said.heardMs,
  };
}

/** Whether a field manager besides ours owns something of the spec. Kubernetes docs, "Server-Side Apply". */
export const isForeign = ({ metadata }: KubeObject): boolean =>
  (metadata.managedFields ?? []).some(({ manager, fieldsV1 }) => manager !== owner && at(fieldsV1, "f:spec") !== undefined);

/** How a store logs in to Vault; undefined where it does not do so by Kubernetes. */
export function loginIn({ spec, metadata: { namespace } }: KubeObject): LoginPlan | undefined {
  const auth = at(spec, "provider", "vault", "auth", "kubernetes");
  if (!isRecord(auth)) return undefined;
  const placed = (ref: unknown) => ({ namespace: namespace ?? text(at(ref, "namespace")) ?? "", name: text(at(ref, "name")) ?? "" });
  const account = at(auth, "serviceAccountRef");
  const secret = at(auth, "secretRef");
  return {
    mount: text(at(auth, "mountPath")) ?? "kubernetes",
    role: text(at(auth, "role")) ?? "",
    audiences: list(at(account, "audiences")).map(String),
    account: account === undefined ? undefined : placed(account),
    // The operator looks at the account first.
    tokenSecret: secret === undefined || account !== undefined ? undefined : { ...placed(secret), key: text(at(secret, "key")) ?? "token" },
  };
}
