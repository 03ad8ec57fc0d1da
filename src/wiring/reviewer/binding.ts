/** Name of the ClusterRoleBinding that lets a mount's reviewer review tokens. */
export const bindingName = (authMount: string): string => `vault-k8s-${authMount.replaceAll("/", "-")}-auth-delegator`;
