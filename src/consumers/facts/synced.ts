import { ifAllowed } from "../../systems/allowed.ts";
import type { ConsumerSpec } from "../../config/spec/consumer.ts";
import type { KubeObject, Readers } from "../../systems/world.ts";
import type { ConsumerObjects, ConsumerStores } from "../consumer-objects.ts";
import { readsBy } from "../external-secrets.ts";
import { kindOf } from "../kinds.ts";
import { servedVersions, versionServed } from "./served.ts";
import { listWidely } from "./widely.ts";

/** What of a consumer's kind is synced by one auth mount. */
export interface Synced {
  readonly stores: readonly KubeObject[];
  readonly externals: readonly KubeObject[];
}

const nothing: Synced = { stores: [], externals: [] };

/** Of one consumer: the stores that log in at an auth mount, and the ExternalSecrets that read by them, or by the mount itself. */
export async function syncedAt(read: Readers, authMount: string, consumer: ConsumerSpec): Promise<Synced> {
  const { objects } = kindOf(consumer);
  if (objects === undefined) return nothing;
  // Someone who may not read CustomResourceDefinitions may still list what they define.
  const served = await ifAllowed(
    () => servedVersions(read, objects),
    () => "unknown" as const,
  );
  return served === undefined ? nothing : await syncedBy(read, authMount, objects, consumer.applicationNamespace);
}

async function syncedBy(read: Readers, authMount: string, objects: ConsumerObjects, applicationNamespace: string): Promise<Synced> {
  const apiVersion = await versionServed(read, objects);
  const all = (kind: string): Promise<KubeObject[]> => listWidely(read.kube, { apiVersion, kind }, applicationNamespace);
  const [stores, externals] = await Promise.all([storesAt(authMount, objects.stores, all), all("ExternalSecret")]);
  const refs = stores.map(({ kind, metadata: { name, namespace } }) => ({ kind, name, namespace }));
  return { stores, externals: externals.filter((one) => readsBy(one, objects, { stores: refs, authMount })) };
}

async function storesAt(
  authMount: string,
  stores: ConsumerStores | undefined,
  all: (kind: string) => Promise<KubeObject[]>,
): Promise<KubeObject[]> {
  if (stores === undefined) return [];
  const found = await Promise.all(stores.kinds.map(all));
  return found.flat().filter((one) => stores.loginIn(one)?.mount === authMount);
}
