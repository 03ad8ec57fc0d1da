import { stringify } from "yaml";
import type { FakeKube } from "./kube.ts";

type Reached = Pick<FakeKube, "name" | "url" | "authority">;

/** A kubeconfig with a context for each cluster, named after it; all use the same person's token. */
export function kubeconfig(clusters: readonly Reached[], token: string): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": clusters[0]?.name ?? "",
    clusters: clusters.map((cluster) => ({
      name: cluster.name,
      cluster: { server: cluster.url, "certificate-authority-data": Buffer.from(cluster.authority.ca).toString("base64") },
    })),
    users: [{ name: "operator", user: { token } }],
    contexts: clusters.map((cluster) => ({ name: cluster.name, context: { cluster: cluster.name, user: "operator" } })),
  });
}
