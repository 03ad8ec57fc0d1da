import { at, list, text } from "../../core/values.ts";
import { keyOfSecret } from "../../config/rules.ts";
import type { Plain } from "../../core/compare.ts";
import { goDuration, seconds } from "../../core/duration.ts";
import type { SecretSpec } from "../../config/spec/consumer.ts";
import type { KubeObject } from "../../systems/world.ts";
import type { ConsumerObjects, StoreRef } from "../consumer-objects.ts";
import type { ExternalFact } from "../diagnosis/operator-facts.ts";
import { keyIn } from "../facts/key.ts";
import { readyCondition } from "../facts/condition.ts";
import { stores } from "./stores.ts";
import { writtenByEso } from "./written.ts";

/** Releases before 0.16 serve v1beta1, since 0.17 v1 alone: https://github.com/external-secrets/external-secrets/releases/tag/v0.17.0 */
export const objects: ConsumerObjects = {
  title: "External Secrets Operator",
  group: "external-secrets.io",
  versions: ["v1", "v1beta1"],
  stores,
  secret: ({ name, path, keys, store, refreshInterval }, { kv }) => ({
    // External Secrets writes it back in Go's form; any other would differ for ever.
    refreshInterval,
    secretStoreRef: { name: store.name, kind: store.kind },
    target: { name },
    ...data(`${kv.prefix}${path}`, keys),
  }),
  secretPatch: ({ path, keys }, { prefix, store }) => ({
    secretStoreRef: { name: store.name, kind: store.kind },
    ...data(`${prefix}${path}`, keys),
    ...(keys.length === 0 ? { data: null } : { dataFrom: null }),
  }),
  readsBy: ({ spec, metadata }, by) => {
    const { name, kind = "SecretStore" } = storeRefIn(spec);
    const here = (each: StoreRef): boolean => each.namespace === undefined || each.namespace === metadata.namespace;
    return by.stores.some((each) => here(each) && name === each.name && kind === each.kind);
  },
  // Whatever kind they take the store for: that may be what is wrong.
  meansToReadBy: ({ spec }, by) => storeRefIn(spec).name === by.stores[0]?.name,
  completed: ({ spec, metadata: { name } }) => {
    const { target, refreshInterval, ...rest } = (spec ?? {}) as Readonly<Record<string, Plain>>;
    const ref = storeRefIn(spec);
    return {
      ...rest,
      refreshInterval: goDuration(text(refreshInterval) ?? "1h"),
      secretStoreRef: { name: ref.name ?? "", kind: ref.kind ?? "SecretStore" },
      target: { name, ...(target as Readonly<Record<string, Plain>> | undefined) },
    };
  },
  storeOf: ({ spec }) => ({ kind: storeRefIn(spec).kind ?? "SecretStore", name: storeRefIn(spec).name ?? "" }),
  keysOf,
  written: writtenByEso,
  readsOnce: ({ spec, status, metadata }) => isSynced(status, metadata) && isReadOnce(spec),
  // Left out, it is an hour: https://external-secrets.io/latest/api/externalsecret
  everySeconds: ({ spec }) => (isReadOnce(spec) ? undefined : seconds(text(at(spec, "refreshInterval")) ?? "1h")),
  lastSync: ({ status }) => text(at(status, "refreshTime")),
  // https://external-secrets.io/latest/introduction/faq
  lookAgain: "force-sync",
  readyOf: readyCondition,
};

const data = (key: string, keys: SecretSpec["keys"]) =>
  keys.length === 0
    ? { dataFrom: [{ extract: { key } }] }
    : { data: keys.map((property) => ({ secretKey: keyOfSecret(property), remoteRef: { key, property } })) };

/** It notes the generation that it synced. */
const isSynced = (status: unknown, { generation }: KubeObject["metadata"]): boolean =>
  text(at(status, "syncedResourceVersion"))?.startsWith(`${generation ?? 0}-`) === true;

/** https://external-secrets.io/latest/api/externalsecret: refreshPolicy; an interval of 0 is once, too. */
const isReadOnce = (spec: unknown): boolean =>
  at(spec, "refreshPolicy") === undefined || at(spec, "refreshPolicy") === "Periodic"
    ? /^(0[a-zµ]*)+$/.test(text(at(spec, "refreshInterval")) ?? "")
    : true;

const storeRefIn = (spec: unknown): { readonly name: string | undefined; readonly kind: string | undefined } => ({
  name: text(at(spec, "secretStoreRef", "name")),
  kind: text(at(spec, "secretStoreRef", "kind")),
});

function keysOf({ spec }: KubeObject): ExternalFact["keys"] {
  const rows = (key: "data" | "dataFrom", inner: string): ExternalFact["keys"] =>
    list(at(spec, key)).flatMap((row) => keyIn(at(row, inner)));
  return [...rows("data", "remoteRef"), ...rows("dataFrom", "extract")];
}
