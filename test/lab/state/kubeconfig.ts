import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { prod } from "../cluster/spec.ts";
import type { ClusterSpec } from "../cluster/spec.ts";
import { clusterFolder } from "./paths.ts";
import type { LabPaths } from "./paths.ts";

/** Writes the kubeconfig of the lab: these clusters, by https addresses that also their pods reach. */
export function writeKubeconfig(paths: LabPaths, clusters: readonly ClusterSpec[]): void {
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: clusters.map((spec) => clusterEntry(paths, spec)),
    users: clusters.map((spec) => userEntry(paths, spec)),
    contexts: clusters.map(({ name }) => ({
      name,
      context: { cluster: name, user: `${name}-admin` },
    })),
    "current-context": prod.name,
  };
  writeFileSync(paths.kubeconfig, stringify(config, { lineWidth: 0 }), { mode: 0o600 });
}

function clusterEntry(paths: LabPaths, { name, nodeAddress }: ClusterSpec): object {
  const server = `https://${nodeAddress}:6443`;
  return { name, cluster: { server, "certificate-authority-data": pem(paths, name, "ca.crt") } };
}

function userEntry(paths: LabPaths, { name }: ClusterSpec): object {
  const certificate = {
    "client-certificate-data": pem(paths, name, "admin.crt"),
    "client-key-data": pem(paths, name, "admin.key"),
  };
  return { name: `${name}-admin`, user: certificate };
}

function pem(paths: LabPaths, name: ClusterSpec["name"], file: string): string {
  return readFileSync(join(clusterFolder(paths, name), "pki", file)).toString("base64");
}
