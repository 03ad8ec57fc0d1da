import { NotYet } from "../../core/errors.ts";
import { kinds } from "../../errors.ts";
import type { KubeObject, Readers } from "../../systems/world.ts";
import { esoApiVersion } from "../../consumers/eso/version.ts";
import { crdFor } from "../../consumers/operator-ready.ts";
import { isOurs } from "../../kubernetes/ownership.ts";
import { gone, untilGone, type Leaving } from "./absent.ts";
import { deleteCommand, found, stuck } from "./object.ts";

export interface WhoseSecrets {
  readonly operator: "eso" | "kes";
  readonly storeKind: string;
  readonly storeName: string;
  /** Of a SecretStore. */
  readonly storeNamespace: string | undefined;
  readonly authMount: string;
}

/** The version of an operator's ExternalSecrets; undefined where the operator is not there. */
export async function secretsVersion(read: Readers, operator: "eso" | "kes"): Promise<string | undefined> {
  if (operator === "kes") return (await read.kube.get(crdFor("kes"))) === undefined ? undefined : "kubernetes-client.io/v1";
  try {
    return await esoApiVersion(read);
  } catch (error) {
    if (error instanceof NotYet && error.kind === kinds.notServed) return undefined;
    throw error;
  }
}

/** All ExternalSecrets of the cluster, and which of them this wiring made. */
export async function externalSecrets(read: Readers, whose: WhoseSecrets): Promise<{ ours: KubeObject[]; others: KubeObject[] }> {
  const apiVersion = await secretsVersion(read, whose.operator);
  const all = apiVersion === undefined ? [] : await read.kube.list({ apiVersion, kind: "ExternalSecret" });
  const mine = (object: KubeObject): boolean => isOurs(object) && usesStore(object, whose);
  return { ours: all.filter(mine), others: all.filter((object) => !mine(object)) };
}

/** Whether an ExternalSecret reads by this store; with kes, by this auth mount. */
export function usesStore({ spec, metadata }: KubeObject, whose: WhoseSecrets): boolean {
  const { secretStoreRef, vaultMountPoint } = (spec ?? {}) as {
    readonly secretStoreRef?: { readonly name?: string; readonly kind?: string };
    readonly vaultMountPoint?: string;
  };
  if (whose.operator === "kes") return vaultMountPoint === whose.authMount;
  const here = whose.storeNamespace === undefined || whose.storeNamespace === metadata.namespace;
  return here && secretStoreRef?.name === whose.storeName && (secretStoreRef.kind ?? "SecretStore") === whose.storeKind;
}

/** Whether an operator made it from an ExternalSecret. It carries the labels of that one, ours too. */
export const madeByOperator = ({ kind, metadata: { labels = {}, ownerReferences = [] } }: KubeObject): boolean =>
  kind === "Secret" &&
  (labels["reconcile.external-secrets.io/managed"] === "true" ||
    labels["reconcile.external-secrets.io/created-by"] !== undefined ||
    ownerReferences.some((owner) => owner.kind === "ExternalSecret"));

export const nameOf = ({ metadata: { namespace, name } }: KubeObject): string => `${namespace ?? ""}/${name}`;

/**
 * The ExternalSecrets of this wiring. Their Secrets are owned by them, so Kubernetes deletes those too, unless they are made orphans:
 * https://external-secrets.io/latest/guides/ownership-deletion-policy
 */
export function leavingExternalSecrets(whose: WhoseSecrets, keepSecrets: boolean, withinMs: number): Leaving {
  const flags = keepSecrets ? " --cascade=orphan" : "";
  const note = keepSecrets ? "their Secrets stay as they are, and are no longer updated" : "their Secrets are deleted too";
  return {
    id: "kubernetes ExternalSecrets",
    look: async (read) => {
      const { ours } = await externalSecrets(read, whose);
      const changes = ours.map((object) => ({ field: nameOf(object), before: keepSecrets ? "synced" : "synced, with its Secret" }));
      return ours.length === 0 ? gone() : { kind: "there", changes, note };
    },
    remove: async (write, say) => {
      const { ours } = await externalSecrets(write, whose);
      for (const { apiVersion, kind, metadata } of ours) {
        say(`deleting ExternalSecret ${metadata.namespace ?? ""}/${metadata.name}`);
        await write.kube.remove({ apiVersion, kind, name: metadata.name, namespace: metadata.namespace }, { orphan: keepSecrets });
      }
      for (const object of ours) {
        const ref = { ...object, name: object.metadata.name, namespace: object.metadata.namespace };
        await untilGone(
          async () => ((await found(write, ref)) === undefined ? [] : [nameOf(object)]),
          withinMs,
          stuck(write.kube, object, ref),
        );
      }
    },
    command: async (read) => {
      const { ours } = await externalSecrets(read, whose);
      const lines = ours.map(({ apiVersion, kind, metadata: { name, namespace } }) =>
        deleteCommand(read.kube.context, { apiVersion, kind, name, namespace }, flags),
      );
      return { lines: lines.map((command) => command.lines).join("\n") };
    },
  };
}
