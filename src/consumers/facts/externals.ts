import { fact, valueOf } from "../../core/fact.ts";
import type { KubeObject, Readers } from "../../systems/world.ts";
import type { ConsumerObjects } from "../consumer-objects.ts";
import type { Asked } from "../diagnosis/evidence.ts";
import type { EventFact, ExternalFact } from "../diagnosis/operator-facts.ts";
import { isReady } from "./condition.ts";
import { saidOf } from "./events.ts";
import { versionServed } from "./served.ts";
import { isForeign } from "./store.ts";
import { differs } from "./values.ts";
import { listWidely } from "./widely.ts";

/** As many as a person would look at. */
const most = 30;

/** ExternalSecrets that the settings name, and those that are meant to read by the wiring, right or wrong. */
export async function externalFacts(read: Readers, asked: Asked): Promise<ExternalFact[]> {
  const { objects } = asked.consumer;
  if (objects === undefined) return [];
  const by = { stores: asked.store === undefined ? [] : [asked.store], authMount: asked.mount };
  const ours = (one: KubeObject): boolean =>
    asked.secrets.some(({ name }) => name === one.metadata.name && one.metadata.namespace === asked.namespace) ||
    objects.meansToReadBy(one, by);
  const all = await listWidely(read.kube, { apiVersion: await versionServed(read, objects), kind: "ExternalSecret" }, asked.namespace);
  return Promise.all(
    all
      .filter(ours)
      .slice(0, most)
      .map((one) => externalFact(read, asked, objects, one)),
  );
}

async function externalFact(read: Readers, asked: Asked, objects: ConsumerObjects, one: KubeObject): Promise<ExternalFact> {
  const ready = objects.readyOf(one);
  const events: readonly EventFact[] = isReady(ready) ? [] : (await saidOf(read.kube, one)).warnings;
  const synced = Date.parse(objects.lastSync(one) ?? "");
  return {
    apiVersion: one.apiVersion,
    namespace: one.metadata.namespace ?? "",
    name: one.metadata.name,
    ready,
    store: objects.storeOf(one),
    keys: objects.keysOf(one),
    foreign: isForeign(one),
    events,
    syncedMs: Number.isNaN(synced) ? undefined : synced,
    everySeconds: objects.everySeconds?.(one),
    once: objects.readsOnce?.(one) === true,
    differs: isReady(ready) ? valueOf(await fact(() => differs(read, asked, objects, one))) : undefined,
  };
}
