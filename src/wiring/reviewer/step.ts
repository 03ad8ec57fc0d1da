import type { ReviewerSpec, WiringSpec } from "../../config/spec/wiring.ts";
import { fixedObject } from "../../kubernetes/object.ts";
import type { RemovableObject } from "../../kubernetes/object-removal.ts";
import { accountNeeded, bindingNeeded } from "./others.ts";
import { namespace } from "../../kubernetes/namespace.ts";
import { isConsumers } from "./account.ts";
import { bindingName } from "./binding.ts";
import { reviewerTokenSecret } from "./token.ts";
import type { KubeObject } from "../../systems/world.ts";
import { defineStep } from "../../systems/step.ts";

/** The account whose token lets Vault review tokens. */
export const reviewer = defineStep({
  id: "reviewer",
  title: "Let Vault review tokens",
  resources: ({ wiring, consumers, run }) => [
    namespace(wiring.reviewer.namespace),
    ...(isConsumers(wiring.reviewer, consumers) ? [] : [fixedObject(serviceAccount(wiring.reviewer), accountStays(wiring))]),
    reviewerTokenSecret(wiring.reviewer, run.timeoutMs, accountStays(wiring)),
    fixedObject(binding(wiring), { stays: (read, policy) => bindingNeeded(read, wiring, policy) }),
  ],
});

const accountStays = (wiring: WiringSpec): Pick<RemovableObject, "stays"> => ({
  stays: (read, policy) => accountNeeded(read, wiring, policy),
});

const serviceAccount = ({ namespace, serviceAccount: name }: ReviewerSpec): KubeObject => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name, namespace },
});

/** Named after the mount. Documented at Kubernetes docs, "Using RBAC", default role system:auth-delegator. */
const binding = ({ authMount, reviewer }: WiringSpec): KubeObject => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: bindingName(authMount) },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
  subjects: [{ kind: "ServiceAccount", name: reviewer.serviceAccount, namespace: reviewer.namespace }],
});
