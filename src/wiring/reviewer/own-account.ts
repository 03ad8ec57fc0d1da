import type { Spec } from "../../config/spec.ts";
import type { ReviewerAccount, WiringSpec } from "../../config/spec/wiring.ts";
import { namespace } from "../../kubernetes/namespace.ts";
import { fixedObject } from "../../kubernetes/object.ts";
import type { RemovableObject } from "../../kubernetes/object-removal.ts";
import type { AppResource } from "../../systems/step.ts";
import type { Readers } from "../../systems/world.ts";
import { isConsumers, type Account } from "./account.ts";
import { accountNeeded } from "./others.ts";

/** The account of the reviewer's own, in its namespace. */
export const ownAccount = ({ wiring, consumers }: Spec): AppResource[] => [
  namespace(wiring.reviewer.namespace),
  ...(isConsumers(wiring.reviewer, consumers) ? [] : [fixedObject(serviceAccount(wiring.reviewer), accountStays(wiring))]),
];

export const accountOf = ({ namespace: place, serviceAccount: name }: ReviewerAccount): Account => ({ namespace: place, name });

export const accountStays = (wiring: WiringSpec): Pick<RemovableObject, "stays"> => ({
  stays: (read: Readers, policy) => accountNeeded(read, wiring, policy),
});

const serviceAccount = ({ namespace: place, serviceAccount: name }: ReviewerAccount) => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name, namespace: place },
});
