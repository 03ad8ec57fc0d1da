import { Resolver } from "node:dns/promises";
import { waitFor } from "../machine/wait.ts";
import type { KubeClient } from "./client.ts";
import type { Cluster } from "./inside.ts";

interface Node {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly lastHeartbeatTime: string }[];
  };
}

/** Waits until the API server says that all its parts are ready. */
export async function apiReady(kube: KubeClient): Promise<void> {
  await waitFor("API server ready", 120, () => succeeds(() => kube.get("/readyz")));
}

/** Waits until pods can run, find each other by name, and have an account to run as. What a kubelet of before said does not count. */
export async function nodeReady(kube: KubeClient, cluster: Cluster, since: Date): Promise<void> {
  await Promise.all([
    waitFor("node Ready", 120, () => isNodeReady(kube, cluster.node, since)),
    waitFor("cluster DNS answers", 120, () => succeeds(() => resolves(cluster))),
    waitFor("default service account", 120, () => succeeds(() => kube.get("/api/v1/namespaces/default/serviceaccounts/default"))),
  ]);
}

async function isNodeReady(kube: KubeClient, name: string, since: Date): Promise<boolean> {
  const nodes = await kube.list<Node & { metadata: { name: string } }>("/api/v1/nodes");
  const node = nodes.find(({ metadata }) => metadata.name === name);
  const ready = node?.status?.conditions?.find(({ type }) => type === "Ready");
  return ready?.status === "True" && new Date(ready.lastHeartbeatTime) >= since;
}

async function resolves({ spec }: Cluster): Promise<void> {
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([spec.nodeAddress]);
  await resolver.resolve4("kubernetes.default.svc.cluster.local");
}

async function succeeds(question: () => Promise<unknown>): Promise<boolean> {
  return question().then(
    () => true,
    () => false,
  );
}
