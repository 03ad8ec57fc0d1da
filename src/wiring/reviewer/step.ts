import { milliseconds } from "../../core/duration.ts";
import type { Settings } from "../../config/fields.ts";
import { fixedObject } from "../../kubernetes/object.ts";
import { namespace } from "../../kubernetes/namespace.ts";
import { bindingName } from "./binding.ts";
import { reviewerTokenSecret } from "./token.ts";
import type { KubeObject } from "../../systems/world.ts";
import { defineStep } from "../../systems/step.ts";

const inputs = [
  "authMount",
  "reviewerNamespace",
  "reviewerServiceAccount",
  "operatorNamespace",
  "operatorServiceAccount",
  "timeout",
] as const;
type Inputs = Pick<Settings, (typeof inputs)[number]>;

/** The account whose token lets Vault review tokens. */
export const reviewer = defineStep({
  id: "reviewer",
  title: "Let Vault review tokens",
  inputs,
  resources: (settings) => {
    const account = { namespace: settings.reviewerNamespace, serviceAccount: settings.reviewerServiceAccount };
    return [
      namespace(account.namespace),
      ...(isOperators(settings) ? [] : [fixedObject(serviceAccount(settings))]),
      reviewerTokenSecret(account, milliseconds(settings.timeout)),
      fixedObject(binding(settings)),
    ];
  },
});

// As in the article: the operator's own account may review; its chart made it, so it is not ours.
const isOperators = (settings: Inputs): boolean =>
  settings.reviewerNamespace === settings.operatorNamespace && settings.reviewerServiceAccount === settings.operatorServiceAccount;

const serviceAccount = ({ reviewerNamespace, reviewerServiceAccount }: Inputs): KubeObject => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name: reviewerServiceAccount, namespace: reviewerNamespace },
});

/** Named after the mount. Documented at Kubernetes docs, "Using RBAC", default role system:auth-delegator. */
const binding = ({ authMount, reviewerNamespace, reviewerServiceAccount }: Inputs): KubeObject => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: bindingName(authMount) },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
  subjects: [{ kind: "ServiceAccount", name: reviewerServiceAccount, namespace: reviewerNamespace }],
});
