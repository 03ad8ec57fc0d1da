import path from "node:path";

/**
 * What a person types to call this program: as a plugin of kubectl it is `kubectl vault-k8s`, and nothing else may be on the PATH.
 * https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/#naming-a-plugin
 */
export const calledAs = (script: string | undefined = process.argv[1]): string =>
  path.basename(script ?? "") === "kubectl-vault_k8s" ? "kubectl vault-k8s" : "vault-k8s";
