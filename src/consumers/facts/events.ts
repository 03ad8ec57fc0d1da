import { fact, valueOf } from "../../core/fact.ts";
import { text } from "../../core/values.ts";
import type { KubeObject, KubeReader } from "../../systems/world.ts";
import type { EventFact } from "../diagnosis/operator-facts.ts";

/** What the events of an object say. */
export interface Said {
  /** What went wrong since it last was well, the newest first. */
  readonly warnings: readonly EventFact[];
  /** When anything was last said of it, good or bad. */
  readonly heardMs: number | undefined;
}

/** Events of objects without a namespace are in "default". Who may not read them hears nothing. */
export async function saidOf(kube: KubeReader, { kind, metadata: { name, namespace } }: KubeObject): Promise<Said> {
  const events = { apiVersion: "v1", kind: "Event", namespace: namespace ?? "default" };
  const found = await fact(() => kube.list({ ...events, fieldSelector: `involvedObject.kind=${kind},involvedObject.name=${name}` }));
  const newestFirst = [...(valueOf(found) ?? [])].sort((a, b) => timeOf(b) - timeOf(a));
  return { warnings: warnings(newestFirst), heardMs: newestFirst[0] && timeOf(newestFirst[0]) };
}

const timeOf = (event: KubeObject): number =>
  Date.parse(text(event["lastTimestamp"]) ?? text(event["eventTime"]) ?? event.metadata.creationTimestamp ?? "");

const most = 5;

function warnings(newestFirst: readonly KubeObject[]): EventFact[] {
  const well = newestFirst.find((event) => event["type"] === "Normal");
  return newestFirst
    .filter((event) => event["type"] !== "Normal" && (well === undefined || timeOf(event) >= timeOf(well)))
    .slice(0, most)
    .map((event) => ({ message: text(event["message"]) ?? "", ageMs: Date.now() - timeOf(event) }));
}
