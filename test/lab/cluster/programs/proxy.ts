import { join } from "node:path";
import type { Cluster } from "../inside.ts";
import { inLab, kubeconfig } from "./program.ts";
import type { Program } from "./program.ts";

/** kube-proxy: Services and load balancer addresses, by iptables. */
export function proxy(cluster: Cluster): Program {
  return {
    name: "proxy",
    command: join(cluster.programs.kubernetes, "kube-proxy"),
    args: [`--config=${inLab("etc/proxy.json")}`],
    files: { "etc/proxy.json": config(cluster), "etc/proxy-client.json": kubeconfig("proxy") },
  };
}

function config({ spec, node }: Cluster): object {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "iptables",
    hostnameOverride: node,
    clusterCIDR: spec.podNetwork,
    clientConnection: { kubeconfig: inLab("etc/proxy-client.json") },
    oomScoreAdj: 0,
    // The size of the table is the machine's and cannot be set from a network namespace.
    conntrack: { maxPerCore: 0 },
    iptables: { minSyncPeriod: "100ms" },
  };
}
