import { patchCommand, patchedObject } from "../../kubernetes/patched-object.ts";
import type { StoreChange } from "../../consumers/consumer-objects.ts";
import { bySteps, type CommandLines, type Mend } from "../../consumers/diagnosis/cause.ts";
import type { Evidence } from "../../consumers/diagnosis/evidence.ts";
import { valueOf } from "../../core/fact.ts";

/** Sets fields of the store: by its step, or where another tool wrote fields of it by a patch, since an apply would not take them over. */
export function storeMend(evidence: Evidence, commandLines: CommandLines, change: StoreChange): Mend {
  const { store, consumer } = evidence.asked;
  const found = valueOf(evidence.store);
  const patch = consumer.objects?.stores?.patch(change);
  if (store === undefined || patch === undefined || found?.foreign !== true) return bySteps(commandLines, "store");
  const ref = { ...store, apiVersion: found.apiVersion };
  return { command: patchCommand(evidence.asked.context, ref, patch), resources: [patchedObject(ref, patch)] };
}

/** Makes the store log in as the settings say, with a token of its own each time. */
export function loginMend(evidence: Evidence, commandLines: CommandLines): Mend {
  const { account, audience, store } = evidence.asked;
  const namespace = store?.namespace === undefined ? account.namespace : undefined;
  return storeMend(evidence, commandLines, { login: { name: account.name, namespace, audience } });
}
