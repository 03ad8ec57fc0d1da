import { word } from "../../core/shell.ts";
import { kubectlIn } from "../../systems/kubectl.ts";
import type { ObjectRef } from "../../systems/world.ts";
import type { ReviewerScript } from "./kind.ts";

export const caOfCluster = {
  apiVersion: "v1",
  kind: "ConfigMap",
  namespace: "kube-system",
  name: "kube-root-ca.crt",
} as const satisfies ObjectRef;

/** Vault is given the cluster's CA, and no token. */
export const laterClusterCa: ReviewerScript = {
  ownPod: false,
  notes: false,
  later: () => ({ ca: `the CA in ConfigMap ${caOfCluster.namespace}/${caOfCluster.name}` }),
  ca: (_spec, { kube }) =>
    Promise.resolve(
      `${kubectlIn(kube.context)} -n ${caOfCluster.namespace} get configmap ${caOfCluster.name} -o ${word("jsonpath={.data.ca\\.crt}")} > "$work/reviewer-ca.crt"`,
    ),
};
