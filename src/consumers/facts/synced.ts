import { ifAllowed } from "../../systems/allowed.ts";
import type { ConsumerSpec } from "../../config/spec/consumer.ts";
import type { KubeObject, Readers } from "../../systems/world.ts";
import { esoApiVersion } from "../eso/version.ts";
import { readsBy } from "../external-secrets.ts";
import { kesApiVersion } from "../kes/version.ts";
import { servedVersions } from "./served.ts";
import { loginIn } from "./store.ts";
import { listWidely } from "./widely.ts";

/** What of a consumer's kind is synced by one auth mount. */
export interface Synced {
  readonly stores: readonly KubeObject[];
  readonly externals: readonly KubeObject[];
}

/** Of one consumer: the stores that log in at an auth mount, and the ExternalSecrets that read by them; with kes, by the mount itself. */
export async function syncedAt(read: Readers, authMount: string, { kind, applicationNamespace }: ConsumerSpec): Promise<Synced> {
  // Someone who may not read CustomResourceDefinitions may still list what they define.
  const served = await ifAllowed(
    () => servedVersions(read, kind),
    () => "unknown" as const,
  );
  if (served === undefined) return { stores: [], externals: [] };
  const apiVersion = kind === "kes" ? kesApiVersion : await esoApiVersion(read);
  const all = (of: string): Promise<KubeObject[]> => listWidely(read.kube, { apiVersion, kind: of }, applicationNamespace);
  const [stores, externals] = await Promise.all([kind === "kes" ? [] : storesAt(read, authMount, apiVersion, all), all("ExternalSecret")]);
  const refs = stores.map(({ kind: of, metadata: { name, namespace } }) => ({ kind: of, name, namespace }));
  return { stores, externals: externals.filter((one) => readsBy(one, { kind, stores: refs, authMount })) };
}

async function storesAt(
  { kube }: Readers,
  authMount: string,
  apiVersion: string,
  all: (kind: string) => Promise<KubeObject[]>,
): Promise<KubeObject[]> {
  const found = await Promise.all([kube.list({ apiVersion, kind: "ClusterSecretStore" }), all("SecretStore")]);
  return found.flat().filter((one) => loginIn(one)?.mount === authMount);
}
