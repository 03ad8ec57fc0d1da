/** Name of the ClusterRoleBinding that lets a mount's reviewer review tokens. */
export const bindingName = (authMount: string): string => `vault-k8s-${authMount.replaceAll("/", "-")}-auth-delegator`;

/** The mount whose name such a binding bears; one with a slash stands there with a dash. */
export const mountOfBinding = (name: string): string | undefined => /^vault-k8s-(.+)-auth-delegator$/.exec(name)?.[1];
