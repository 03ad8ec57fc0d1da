import { at, list, text } from "../../core/values.ts";
import type { KubeObject, Readers } from "../../systems/world.ts";
import type { Asked } from "../diagnosis/evidence.ts";
import type { EventFact, ExternalFact } from "../diagnosis/operator-facts.ts";
import { esoApiVersion } from "../eso/version.ts";
import { kesApiVersion } from "../kes/version.ts";
import { isReady, readyOf } from "./condition.ts";
import { saidOf } from "./events.ts";
import { isForeign } from "./store.ts";
import { listWidely } from "./widely.ts";

/** As many as a person would look at. */
const most = 30;

/**
 * ExternalSecrets that the settings name, and those that name the store, whatever kind they take it for: that may be what is wrong. With kes,
 * those of the auth mount.
 */
export async function externalFacts(read: Readers, asked: Asked): Promise<ExternalFact[]> {
  const apiVersion = asked.operator === "eso" ? await esoApiVersion(read) : kesApiVersion;
  const ours = (one: KubeObject): boolean =>
    asked.secrets.some(({ name }) => name === one.metadata.name && one.metadata.namespace === asked.namespace) ||
    (asked.operator === "kes"
      ? at(one, "spec", "vaultMountPoint") === asked.mount
      : at(one, "spec", "secretStoreRef", "name") === asked.store?.name);
  const found = (await listWidely(read.kube, { apiVersion, kind: "ExternalSecret" }, asked.namespace)).filter(ours).slice(0, most);
  return Promise.all(
    found.map(async (one) => externalFact(one, asked, isReady(readyOf(one)) ? [] : (await saidOf(read.kube, one)).warnings)),
  );
}

function externalFact(one: KubeObject, { operator }: Asked, events: readonly EventFact[]): ExternalFact {
  const ref = at(one, "spec", "secretStoreRef");
  return {
    namespace: one.metadata.namespace ?? "",
    name: one.metadata.name,
    ready: readyOf(one),
    store: operator === "kes" ? undefined : { kind: text(at(ref, "kind")) ?? "SecretStore", name: text(at(ref, "name")) ?? "" },
    keys: operator === "kes" ? kesKeys(one) : esoKeys(one),
    foreign: isForeign(one),
    events,
  };
}

function esoKeys({ spec }: KubeObject): ExternalFact["keys"] {
  const rows = (key: "data" | "dataFrom", inner: string): ExternalFact["keys"] =>
    list(at(spec, key)).flatMap((row) => keyOf(at(row, inner)));
  return [...rows("data", "remoteRef"), ...rows("dataFrom", "extract")];
}

function keyOf(ref: unknown): ExternalFact["keys"] {
  const path = text(at(ref, "key"));
  return path === undefined ? [] : [{ path, property: text(at(ref, "property")) }];
}

const kesKeys = ({ spec }: KubeObject): ExternalFact["keys"] => [
  ...list(at(spec, "data")).flatMap(keyOf),
  ...list(at(spec, "dataFrom")).map((path) => ({ path: text(path) ?? "", property: undefined })),
];
