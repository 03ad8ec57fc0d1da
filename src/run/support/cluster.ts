import type { KubeObject, KubeReader } from "../../systems/world.ts";
import { isKnown, valueOf } from "../../core/fact.ts";
import type { Unknown } from "../status/unknown.ts";
import { at, list, number, text } from "../../core/values.ts";

/** A file of the bundle. */
export interface Part {
  readonly name: string;
  readonly text: string;
}

/** Lines of a log, from its end. */
const lines = 500;

/** A name as part of a path: whatever a server calls its pods, it leads nowhere else. */
const file = (name: string): string => name.replace(/[^\w.-]/g, "_").replace(/^\.+/, "_");

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** What happens in some namespaces: their events, their pods without environments and annotations, and the ends of their logs. */
export async function clusterParts(kube: KubeReader, namespaces: readonly string[], unknown: Unknown): Promise<Part[]> {
  const parts = await Promise.all(namespaces.map((namespace) => namespaceParts(kube, namespace, unknown)));
  return parts.flat();
}

async function namespaceParts(kube: KubeReader, namespace: string, unknown: Unknown): Promise<Part[]> {
  const all = (kind: string) => unknown.ask(`${kind}s of ${namespace}`, () => kube.list({ apiVersion: "v1", kind, namespace }));
  const [events, found] = await Promise.all([all("Event"), all("Pod")]);
  const pods = valueOf(found) ?? [];
  const logs = await Promise.all(pods.flatMap((pod) => containersOf(pod).map((container) => log(kube, pod, container, unknown))));
  return [
    ...(isKnown(events)
      ? [{ name: `events/${file(namespace)}.json`, text: json(events.value.map(event).sort((a, b) => a.at.localeCompare(b.at))) }]
      : []),
    ...(pods.length === 0 ? [] : [{ name: `pods/${file(namespace)}.json`, text: json(pods.map(shown)) }]),
    ...logs.flat(),
  ];
}

const event = (one: KubeObject) => ({
  at: text(one["lastTimestamp"]) ?? text(one["eventTime"]) ?? "",
  type: text(one["type"]),
  reason: text(one["reason"]),
  object: `${text(at(one["involvedObject"], "kind")) ?? ""}/${text(at(one["involvedObject"], "name")) ?? ""}`,
  message: text(one["message"]),
  count: number(one["count"]),
});

const containersOf = (pod: KubeObject): string[] =>
  list(at(pod["spec"], "containers")).flatMap((container) => text(at(container, "name")) ?? []);

const shown = (pod: KubeObject) => ({
  name: pod.metadata.name,
  created: text(at(pod.metadata, "creationTimestamp")),
  node: text(at(pod["spec"], "nodeName")),
  phase: text(at(pod["status"], "phase")),
  conditions: list(at(pod["status"], "conditions")),
  containers: list(at(pod["status"], "containerStatuses")).map((status) => ({
    name: text(at(status, "name")),
    image: text(at(status, "image")),
    ready: at(status, "ready") === true,
    restarts: number(at(status, "restartCount")) ?? 0,
    state: at(status, "state"),
    lastState: at(status, "lastState"),
  })),
});

async function log(kube: KubeReader, pod: KubeObject, container: string, unknown: Unknown): Promise<Part[]> {
  const { namespace = "", name } = pod.metadata;
  const said = await unknown.ask(`log of ${namespace}/${name} ${container}`, () => kube.podLog({ namespace, name, container, lines }));
  return isKnown(said) ? [{ name: `logs/${file(namespace)}/${file(name)}/${file(container)}.log`, text: said.value }] : [];
}
