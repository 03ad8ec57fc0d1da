import { randomUUID } from "node:crypto";
import { asObject, asText, at, type JsonObject } from "../wire/json.ts";
import type { VaultNode } from "../vault/node.ts";
import { activeNode } from "../vault/status.ts";
import type { FakeVault } from "../vault/vault.ts";
import { claimsOf } from "./claims.ts";
import type { Cluster } from "./cluster.ts";
import { adopt, controllerOf, isControlledBy } from "./controlled.ts";
import { nameOf, namespaceOf } from "./objects.ts";
import { revisionOf } from "./revisions.ts";

/**
 * What the StatefulSet controller does with updateStrategy OnDelete: a pod is made from the template of its time and stays as it is until it is
 * deleted; what is beyond the replicas goes; volumes stay. Pods of Vault carry the labels that Vault itself puts on them.
 */
export function statefulSets(cluster: Cluster): void {
  const { objects } = cluster;
  const sets = objects.list("statefulsets.apps");
  for (const pod of objects.list("pods")) if (!isWanted(pod, sets)) objects.remove("pods", namespaceOf(pod), nameOf(pod));
  for (const set of sets) settleSet(cluster, set);
  for (const node of cluster.vault?.nodes ?? []) follow(cluster, node);
}

/** A pod goes with its controller, and where its number is none that the set is to have; one that only says that it is the set's stays. */
function isWanted(pod: JsonObject, sets: readonly JsonObject[]): boolean {
  const owner = controllerOf(pod);
  if (owner === undefined || owner["kind"] !== "StatefulSet") return true;
  const set = sets.find((each) => isControlledBy(pod, each));
  if (set === undefined) return false;
  return podNames(set).includes(nameOf(pod)) || nameOf(pod).replace(/-\d+$/, "") !== nameOf(set);
}

function podNames(set: JsonObject): string[] {
  const first = Number(at(set, "spec", "ordinals", "start") ?? 0);
  return Array.from({ length: Number(at(set, "spec", "replicas") ?? 1) }, (_, index) => `${nameOf(set)}-${first + index}`);
}

function settleSet(cluster: Cluster, set: JsonObject): void {
  const { objects, names, vault } = cluster;
  const namespace = namespaceOf(set) ?? "";
  const revision = revisionOf(objects, set);
  for (const name of podNames(set)) {
    adopt(objects, set, objects.get("pods", namespace, name));
    const claims = claimsOf(objects, set, name);
    const found = objects.get("pods", namespace, name);
    // A claim that is being deleted is waited for.
    if (found === undefined && claims.some((claim) => at(claim, "metadata", "deletionTimestamp") !== undefined)) continue;
    const node = vault?.nodes.find((candidate) => candidate.name === name);
    const pod = alive(found ?? made(set, name, revision), node, vault);
    if (JSON.stringify(found) !== JSON.stringify(pod)) objects.put("pods", pod);
    if (node !== undefined)
      for (const host of hostsOf(name, asText(at(set, "spec", "serviceName")), namespace)) names.set(host, () => node.url);
  }
  settleStatus(cluster, set, revision);
}

const hostsOf = (pod: string, service: string, namespace: string): string[] => [
  `${pod}.${service}`,
  `${pod}.${service}.${namespace}`,
  `${pod}.${service}.${namespace}.svc`,
  `${pod}.${service}.${namespace}.svc.cluster.local`,
];

const revisionLabel = "controller-revision-hash";

function made(set: JsonObject, name: string, revision: string): JsonObject {
  const templates = claimTemplates(set);
  const spec = asObject(at(set, "spec", "template", "spec"));
  return {
    metadata: {
      uid: randomUUID(),
      creationTimestamp: new Date().toISOString(),
      name,
      namespace: namespaceOf(set) ?? "",
      labels: {
        ...asObject(at(set, "spec", "template", "metadata", "labels")),
        [revisionLabel]: revision,
        "statefulset.kubernetes.io/pod-name": name,
      },
      ownerReferences: [
        {
          apiVersion: "apps/v1",
          kind: "StatefulSet",
          name: nameOf(set),
          uid: at(set, "metadata", "uid") ?? "",
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      ...spec,
      ...(templates.length > 0 && {
        volumes: templates.map((template) => ({ name: template, persistentVolumeClaim: { claimName: `${template}-${name}` } })),
      }),
      nodeName: "node-0",
    },
  };
}

const claimTemplates = (set: JsonObject): string[] => {
  const templates = at(set, "spec", "volumeClaimTemplates");
  return Array.isArray(templates) ? templates.map((template) => nameOf(asObject(template))) : [];
};

/** As its kubelet and Vault say that it is now. */
function alive(pod: JsonObject, node: VaultNode | undefined, vault: FakeVault | undefined): JsonObject {
  const metadata = asObject(pod["metadata"]);
  const ready = node === undefined || !node.sealed;
  const labels = { ...asObject(metadata["labels"]), ...(node !== undefined && vault !== undefined && vaultLabels(node, vault)) };
  const status = {
    phase: "Running",
    conditions: [
      { type: "PodScheduled", status: "True" },
      { type: "Ready", status: ready ? "True" : "False" },
    ],
    containerStatuses: [
      { name: "vault", ready, restartCount: node?.restarts ?? 0, state: { running: { startedAt: metadata["creationTimestamp"] ?? "" } } },
    ],
  };
  return { ...pod, metadata: { ...metadata, labels }, status };
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

function settleStatus({ objects }: Cluster, set: JsonObject, revision: string): void {
  const pods = objects.list("pods", namespaceOf(set)).filter((pod) => isControlledBy(pod, set));
  const updated = pods.filter((pod) => at(pod, "metadata", "labels", revisionLabel) === revision).length;
  const before = asObject(set["status"]);
  const status = {
    observedGeneration: at(set, "metadata", "generation") ?? 1,
    replicas: pods.length,
    readyReplicas: pods.filter((pod) => JSON.stringify(pod["status"]).includes('"type":"Ready","status":"True"')).length,
    updatedReplicas: updated,
    // With OnDelete it stays the first one for ever: https://github.com/kubernetes/kubernetes/issues/73492
    currentRevision: before["currentRevision"] ?? revision,
    updateRevision: revision,
  };
  if (JSON.stringify(before) !== JSON.stringify(status)) objects.put("statefulsets.apps", { ...set, status });
}

/** A Vault whose pod was deleted is sealed, keeps what its volume holds, and is not there until there is a pod again. */
function follow({ objects }: Cluster, node: VaultNode): void {
  const pod = objects.list("pods").find((each) => nameOf(each) === node.name && controllerOf(each)?.["kind"] === "StatefulSet");
  const uid = pod === undefined ? "none" : asText(at(pod, "metadata", "uid"));
  const claim = objects.get("persistentvolumeclaims", pod === undefined ? undefined : namespaceOf(pod), `data-${node.name}`);
  const volume = claim === undefined ? undefined : asText(at(claim, "metadata", "uid"));
  if (pod !== undefined && node.volume !== undefined && volume !== node.volume) node.wipe();
  if (volume !== undefined) node.volume = volume;
  if (uid === node.pod) return;
  if (node.pod !== undefined) node.restart();
  node.restarts = 0;
  if (pod !== undefined || node.pod !== undefined) node.pod = uid;
}
