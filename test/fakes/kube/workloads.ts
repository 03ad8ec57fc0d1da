import { randomUUID } from "node:crypto";
import { asObject, asText, at, type JsonObject } from "../wire/json.ts";
import { activeNode } from "../vault/status.ts";
import type { FakeVault } from "../vault/vault.ts";
import type { VaultNode } from "../vault/node.ts";
import type { Cluster } from "./cluster.ts";
import { nameOf, namespaceOf } from "./objects.ts";

/** Makes the pods of each StatefulSet; those of Vault carry the labels that Vault itself puts on them. */
export function statefulSets(cluster: Cluster): void {
  const { objects, names, vault } = cluster;
  const sets = objects.list("statefulsets.apps");
  for (const found of objects
    .list("pods")
    .filter((each) => at(each, "metadata", "labels", "statefulset.kubernetes.io/pod-name") !== undefined))
    if (!sets.some((set) => namespaceOf(set) === namespaceOf(found) && nameOf(found).startsWith(`${nameOf(set)}-`)))
      objects.remove("pods", namespaceOf(found), nameOf(found));
  for (const set of sets) {
    const namespace = namespaceOf(set) ?? "";
    for (let index = 0; index < Number(at(set, "spec", "replicas") ?? 1); index += 1) {
      const name = `${nameOf(set)}-${index}`;
      const node = vault?.nodes.find((candidate) => candidate.name === name);
      const before = objects.get("pods", namespace, name);
      const next = pod(set, name, before, node, vault);
      if (
        JSON.stringify(before) !==
        JSON.stringify({ ...next, metadata: { ...asObject(next["metadata"]), resourceVersion: at(before, "metadata", "resourceVersion") } })
      )
        objects.put("pods", next);
      if (node !== undefined)
        for (const host of podNames(name, asText(at(set, "spec", "serviceName")), namespace)) names.set(host, () => node.url);
    }
  }
}

const podNames = (pod: string, service: string, namespace: string): string[] => [
  `${pod}.${service}`,
  `${pod}.${service}.${namespace}`,
  `${pod}.${service}.${namespace}.svc`,
  `${pod}.${service}.${namespace}.svc.cluster.local`,
];

function pod(
  set: JsonObject,
  name: string,
  before: JsonObject | undefined,
  node: VaultNode | undefined,
  vault: FakeVault | undefined,
): JsonObject {
  const kept = asObject(before?.["metadata"]);
  const labels = {
    ...asObject(at(set, "spec", "template", "metadata", "labels")),
    "statefulset.kubernetes.io/pod-name": name,
    ...(node !== undefined && vault !== undefined && vaultLabels(node, vault)),
  };
  const ready = node === undefined || !node.sealed;
  return {
    metadata: {
      uid: kept["uid"] ?? randomUUID(),
      creationTimestamp: kept["creationTimestamp"] ?? new Date().toISOString(),
      name,
      namespace: namespaceOf(set) ?? "",
      labels,
      ownerReferences: [{ apiVersion: "apps/v1", kind: "StatefulSet", name: nameOf(set), uid: at(set, "metadata", "uid") ?? "" }],
    },
    spec: { ...asObject(at(set, "spec", "template", "spec")), nodeName: "node-0" },
    status: {
      phase: "Running",
      conditions: [
        { type: "PodScheduled", status: "True" },
        { type: "Ready", status: ready ? "True" : "False" },
      ],
      containerStatuses: [{ name: "vault", ready, state: { running: { startedAt: kept["creationTimestamp"] ?? "" } } }],
    },
  };
}

/** Vault's service registration: labels that it keeps on its own pods. */
function vaultLabels(node: VaultNode, vault: FakeVault): JsonObject {
  const active = activeNode({ node, around: vault });
  const yes = (value: boolean): string => String(value);
  return {
    "vault-initialized": yes(node.storage !== undefined),
    "vault-sealed": yes(node.sealed),
    "vault-active": yes(!node.sealed && active === node),
    "vault-perf-standby": "false",
    "vault-version": node.version,
  };
}

/** Gives load balancers their address, and Vault's Services their names. */
export function services({ objects, names, vault, nextAddress }: Cluster): void {
  for (const service of objects
    .list("services")
    .filter((found) => asText(at(found, "spec", "selector", "app.kubernetes.io/name")) === "vault")) {
    const [name, namespace] = [nameOf(service), namespaceOf(service) ?? ""];
    if (vault !== undefined)
      for (const host of [`${name}.${namespace}`, `${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`])
        names.set(host, () => vault.url);
    if (at(service, "spec", "type") !== "LoadBalancer" || at(service, "status", "loadBalancer") !== undefined) continue;
    const ip = nextAddress();
    objects.put("services", { ...service, status: { loadBalancer: { ingress: [{ ip }] } } });
    if (vault !== undefined) names.publish(ip, () => vault.url);
  }
}
