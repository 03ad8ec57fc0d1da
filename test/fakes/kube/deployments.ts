import { asText, at, asObject, type JsonObject } from "../wire/json.ts";
import type { Cluster } from "./cluster.ts";
import { labelsOf, nameOf, namespaceOf, type Objects } from "./objects.ts";
import { isGoing } from "./orphans.ts";

/** Deployments are as they are wanted at once, but for pods that end: a test puts them there. */
export function deployments({ objects }: Cluster): void {
  for (const deployment of objects.list("deployments.apps")) {
    const replicas = Number(at(deployment, "spec", "replicas") ?? 1);
    if (replicas === 0) endOne(objects, deployment);
    const generation = Number(at(deployment, "metadata", "generation") ?? 1);
    if (deployment["status"] !== undefined && Number(at(deployment, "status", "observedGeneration") ?? generation) >= generation) continue;
    objects.put("deployments.apps", { ...deployment, status: statusOf(replicas, generation) });
  }
}

const statusOf = (replicas: number, observedGeneration: number): JsonObject => ({
  observedGeneration,
  replicas,
  updatedReplicas: replicas,
  readyReplicas: replicas,
  availableReplicas: replicas,
  conditions: [{ type: "Available", status: "True", reason: "MinimumReplicasAvailable" }],
});

/** A pod is seen to end before it is gone. */
function endOne(objects: Objects, deployment: JsonObject): void {
  const [pod] = podsOf(objects, deployment);
  if (pod === undefined) return;
  if (isGoing(pod)) return objects.remove("pods", namespaceOf(pod), nameOf(pod));
  objects.put("pods", { ...pod, metadata: { ...asObject(pod["metadata"]), deletionTimestamp: new Date().toISOString() } });
}

/** Whether anything of it is at work. */
export const isAtWork = (objects: Objects, deployment: JsonObject): boolean =>
  Number(at(deployment, "spec", "replicas") ?? 1) > 0 || podsOf(objects, deployment).length > 0;

function podsOf(objects: Objects, deployment: JsonObject): JsonObject[] {
  const wanted = Object.entries(asObject(at(deployment, "spec", "selector", "matchLabels")));
  if (wanted.length === 0) return [];
  return objects
    .list("pods", namespaceOf(deployment))
    .filter((pod) => wanted.every(([key, value]) => labelsOf(pod)[key] === asText(value)));
}
