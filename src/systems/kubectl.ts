import { word } from "../core/shell.ts";

/** What stands for a context where nothing names a kubeconfig and the pod's own service account is used. No kubeconfig has such a name. */
export const inCluster = "in-cluster (this pod's service account)";

/** kubectl as a person types it to reach the cluster of a context: in a pod it finds its way itself. */
export const kubectlIn = (context: string): string => (context === inCluster ? "kubectl" : `kubectl --context ${word(context)}`);

/** The arguments that lead helm there. */
export const helmIn = (context: string): string[] => (context === inCluster ? [] : ["--kube-context", context]);

/** A helm command as a person types it to reach the cluster of a context. */
export const helmAt = (context: string, args: string): string => ["helm", args, ...helmIn(context).map(word)].join(" ");
