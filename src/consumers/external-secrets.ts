import { NotYet } from "../core/errors.ts";
import { kinds } from "../errors.ts";
import { isOurs } from "../kubernetes/ownership.ts";
import type { KubeObject, Readers } from "../systems/world.ts";
import { esoApiVersion } from "./eso/version.ts";
import { servedVersions } from "./facts/served.ts";
import { kesApiVersion } from "./kes/version.ts";

/** A store by its name; one of the whole cluster has no namespace. */
interface StoreRef {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** What the ExternalSecrets of a wiring read by: its stores; with kes, its auth mount. */
export interface ReadBy {
  readonly kind: "eso" | "kes";
  readonly stores: readonly StoreRef[];
  readonly authMount: string;
}

/** The version of an operator's ExternalSecrets and stores; undefined where the operator is not there. */
export async function secretsVersion(read: Readers, operator: "eso" | "kes"): Promise<string | undefined> {
  if (operator === "kes") return (await servedVersions(read, "kes")) === undefined ? undefined : kesApiVersion;
  try {
    return await esoApiVersion(read);
  } catch (error) {
    if (error instanceof NotYet && error.kind === kinds.notServed) return undefined;
    throw error;
  }
}

/** All ExternalSecrets of an operator's kind in the cluster. */
export async function externalSecrets(read: Readers, operator: "eso" | "kes"): Promise<KubeObject[]> {
  const apiVersion = await secretsVersion(read, operator);
  return apiVersion === undefined ? [] : await read.kube.list({ apiVersion, kind: "ExternalSecret" });
}

/** Whether an object is an ExternalSecret that we made, and that reads by this wiring. */
export const isOfWiring = (object: KubeObject, by: ReadBy): boolean =>
  object.kind === "ExternalSecret" && isOurs(object) && readsBy(object, by);

/** Whether an ExternalSecret reads by one of these stores; with kes, by this auth mount. */
export function readsBy({ apiVersion, spec, metadata }: KubeObject, { kind, stores, authMount }: ReadBy): boolean {
  const { secretStoreRef: store = {}, vaultMountPoint } = (spec ?? {}) as {
    readonly secretStoreRef?: { readonly name?: string; readonly kind?: string };
    readonly vaultMountPoint?: string;
  };
  if (kind === "kes") return apiVersion.startsWith("kubernetes-client.io/") && vaultMountPoint === authMount;
  const here = (each: StoreRef): boolean => each.namespace === undefined || each.namespace === metadata.namespace;
  return (
    apiVersion.startsWith("external-secrets.io/") &&
    stores.some((each) => here(each) && store.name === each.name && (store.kind ?? "SecretStore") === each.kind)
  );
}

/** "shop/db" */
export const nameOf = ({ metadata: { namespace, name } }: KubeObject): string => `${namespace ?? ""}/${name}`;
