import { stat } from "node:fs/promises";
import path from "node:path";
import { inCluster } from "../kubectl.ts";
import type { ChosenContext } from "./context.ts";
import type { ClusterEntry, UserEntry } from "./kubeconfig-shape.ts";

/** Where a pod finds its service account. */
const mounted = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * The API server of the cluster that this process runs in, as its pod's service account: what kubectl and helm take where nothing names a kubeconfig.
 * https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 * @returns undefined where this is no pod, or one without a service account.
 */
export async function podsOwnContext(env: NodeJS.ProcessEnv, folder = mounted): Promise<ChosenContext | undefined> {
  const [host = "", port = ""] = [env["KUBERNETES_SERVICE_HOST"], env["KUBERNETES_SERVICE_PORT"]];
  const isFile = (name: string): Promise<boolean> =>
    stat(path.join(folder, name)).then(
      (found) => found.isFile(),
      () => false,
    );
  if (host === "" || port === "" || !(await isFile("token"))) return undefined;
  const server = `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
  const cluster = { server, ...((await isFile("ca.crt")) && { "certificate-authority": path.join(folder, "ca.crt") }) } as ClusterEntry;
  // The token is renewed there, and is read again for each request.
  const user = { tokenFile: path.join(folder, "token") } as UserEntry;
  return { name: inCluster, clusterName: inCluster, cluster, user };
}
