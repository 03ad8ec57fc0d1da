import type { Plain } from "../../core/compare.ts";
import { patchCommand, patchedObject } from "../../kubernetes/patched-object.ts";
import { bySteps, type Hands, type Mend } from "../../consumers/diagnosis/cause.ts";
import type { Evidence } from "../../consumers/diagnosis/evidence.ts";
import { valueOf } from "../../consumers/diagnosis/fact.ts";

/** Sets fields of the store: by its step, or where another tool wrote fields of it by a patch, since an apply would not take them over. */
export function storeMend(evidence: Evidence, hands: Hands, vault: Plain): Mend {
  const { store } = evidence.asked;
  const found = valueOf(evidence.store);
  if (store === undefined || found?.foreign !== true) return bySteps(hands, "store");
  const ref = { ...store, apiVersion: found.apiVersion };
  const patch = { spec: { provider: { vault } } };
  return { command: patchCommand(evidence.asked.context, ref, patch), resources: [patchedObject(ref, patch)] };
}

/** Makes the store log in as the settings say, with a token of its own each time. */
export function loginMend(evidence: Evidence, hands: Hands): Mend {
  const { account, audience, store } = evidence.asked;
  const serviceAccountRef = {
    name: account.name,
    ...(store?.namespace === undefined && { namespace: account.namespace }),
    ...(audience !== undefined && { audiences: [audience] }),
  };
  return storeMend(evidence, hands, { auth: { kubernetes: { serviceAccountRef, secretRef: null } } });
}
