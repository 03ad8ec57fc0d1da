import { CliError, NotYet } from "../../core/errors.ts";
import { word } from "../../core/shell.ts";
import { kinds } from "../../errors.ts";
import type { KubeObject, ObjectRef, Readers } from "../../systems/world.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { mounts } from "../../wiring/mounts.ts";
import { isOurs, owner, ownerLabel, ownershipOf } from "../../kubernetes/ownership.ts";
import { vaultPods } from "../../vault/pods.ts";
import { refOf } from "../../kubernetes/object.ts";
import { certManager } from "../../vault/tls/issued-certificate.ts";
import { gone, stays, untilGone, type Leaving, type Look } from "./absent.ts";
import { madeByOperator } from "./external-secrets.ts";
import { deleteCommand, stuck } from "./object.ts";

export interface OwnVault {
  readonly namespace: string;
  readonly release: string;
  readonly authMount: string;
  /** Vault goes although other clusters are wired to it. */
  readonly forceVault: boolean;
  readonly deleteData: boolean;
  readonly withinMs: number;
}

/** Why Vault stays: others log in to it. Undefined where it goes or is gone. */
export async function vaultStays(read: Readers, { authMount, forceVault, namespace, release }: OwnVault): Promise<string | undefined> {
  if (read.where.vaultIs !== "cluster") return "it is not in this cluster";
  const found = await read.helm.release(namespace, release);
  if (found !== undefined && found.labels[ownerLabel] !== owner) return "it was installed by someone else";
  if (forceVault) return undefined;
  const others = await otherMounts(read, authMount);
  return others.length === 0
    ? undefined
    : `others log in to it at ${others.map((path) => `auth/${path}`).join(", ")}; tear those down first, or say --force-vault`;
}

async function otherMounts(read: Readers, authMount: string): Promise<string[]> {
  const [all, uid] = await Promise.all([authMounts(read), read.kube.clusterUid()]);
  return all
    .filter(({ type, description, path }) => {
      const ownership = ownershipOf(description, uid);
      return (
        ownership === "other-cluster" ||
        (ownership === "foreign" && /^(kubernetes|jwt)$/.test(type)) ||
        (ownership === "ours" && path !== authMount)
      );
    })
    .map(({ path }) => path);
}

async function authMounts(read: Readers): ReturnType<typeof mounts> {
  try {
    return await mounts(read, "sys/auth");
  } catch (error) {
    if (error instanceof NotYet && (error.kind === kinds.vaultNotInstalled || error.kind === kinds.vaultUninitialised)) return [];
    if (error instanceof NotYet) throw new CliError(error.kind, { what: error.message, why: error.why, fix: error.fix });
    throw error;
  }
}

const claims = ({ kube }: Readers, { namespace, release }: OwnVault): Promise<KubeObject[]> =>
  kube.list({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    namespace,
    labelSelector: `app.kubernetes.io/name in (vault,openbao),app.kubernetes.io/instance=${release},component=server`,
  });

/** Vault's volumes, which helm leaves. They are deleted only when told, and only where the release or the keys say that they are ours. */
export function leavingVolumes(vault: OwnVault): Leaving {
  const names = async (read: Readers): Promise<string[]> => (await claims(read, vault)).map(({ metadata }) => metadata.name);
  return {
    id: `kubernetes PersistentVolumeClaims of ${vault.namespace}/${vault.release}`,
    look: async (read) => {
      const all = await names(read);
      if (all.length === 0) return gone();
      if (!vault.deleteData) return stays("data is kept; --delete-data deletes it");
      const reason = (await vaultStays(read, vault)) ?? (await foreign(read, vault));
      return reason === undefined ? { kind: "there", changes: all.map((name) => ({ field: name, before: "data" })) } : stays(reason);
    },
    remove: async (write) => {
      for (const { apiVersion, kind, metadata } of await claims(write, vault))
        await write.kube.remove({ apiVersion, kind, namespace: vault.namespace, name: metadata.name });
      await untilGone(() => names(write), vault.withinMs, kubectl(write.kube, `get pvc -n ${vault.namespace}`));
    },
    command: ({ kube }) => ({
      lines: `kubectl --context ${word(kube.context)} -n ${word(vault.namespace)} delete pvc --ignore-not-found -l ${word(`app.kubernetes.io/instance=${vault.release},component=server`)}`,
    }),
  };
}

async function foreign(read: Readers, { namespace, release }: OwnVault): Promise<string | undefined> {
  if ((await read.helm.release(namespace, release)) !== undefined) return undefined;
  if ((await vaultPods(read.kube, { namespace, release })).length > 0) return "Vault pods that we did not install use them";
  return (await read.keys.read()) === undefined ? "neither a release nor unseal keys say that they are ours" : undefined;
}

/** Documents of custody: a Secret that holds one of them is never taken away. */
const custody = /^((init|token|probe|origin)|share-.*)\.json$/;

/** Secrets of ours beside Vault, such as its certificate, and what makes that; never one that holds keys. */
export function leavingVaultSecrets(vault: OwnVault): Leaving {
  const list = async (read: Readers): Promise<{ go: KubeObject[]; keys: KubeObject[] }> => {
    const labelled = await oursIn(read, vault, { apiVersion: "v1", kind: "Secret" });
    const all = labelled.filter((secret) => !madeByOperator(secret) && secret["type"] !== "helm.sh/release.v1");
    const keys = all.filter((secret) => isOurs(secret) && Object.keys((secret["data"] ?? {}) as object).some((key) => custody.test(key)));
    // A Certificate before its Secret, which it would make again.
    return { go: [...(await certificates(read, vault)), ...all.filter((secret) => !keys.includes(secret))], keys };
  };
  const look: Look = async (read) => {
    const { go, keys } = await list(read);
    if (go.length === 0) return keys.length === 0 ? gone() : stays(`Secret ${keys[0]?.metadata.name ?? ""} holds unseal keys`);
    const reason = await vaultStays(read, vault);
    return reason === undefined
      ? { kind: "there", changes: go.map(({ kind, metadata }) => ({ field: metadata.name, before: kind })) }
      : stays(reason);
  };
  return {
    id: `kubernetes Secrets of ours in ${vault.namespace}`,
    look,
    remove: async (write) => {
      for (const object of (await list(write)).go) {
        const ref = refOf(object);
        await write.kube.remove(ref);
        await untilGone(
          async () => ((await write.kube.get(ref)) === undefined ? [] : [ref.name]),
          vault.withinMs,
          stuck(write.kube, object, ref),
        );
      }
    },
    command: async (read) => ({
      lines: (await list(read)).go.map((object) => deleteCommand(read.kube.context, refOf(object)).lines).join("\n"),
    }),
  };
}

const oursIn = ({ kube }: Readers, { namespace }: OwnVault, kind: Pick<ObjectRef, "apiVersion" | "kind">): Promise<KubeObject[]> =>
  kube.list({ ...kind, namespace, labelSelector: `${ownerLabel}=${owner}` });

/** What has cert-manager make Vault's certificate; none where cert-manager is not there. */
async function certificates(read: Readers, vault: OwnVault): Promise<KubeObject[]> {
  const { apis } = await read.kube.served();
  return apis.includes(certManager) ? oursIn(read, vault, { apiVersion: certManager, kind: "Certificate" }) : [];
}

/** The unseal keys, which teardown never touches; said, so that everybody knows. */
export const keysStay = (): Leaving => ({
  id: "unseal keys and token in custody",
  look: async (read) =>
    (await read.keys.read().catch(() => undefined)) === undefined
      ? gone("none that can be read from here")
      : stays(`in ${read.keys.describe()}; without them what Vault stored is lost`),
  remove: () => Promise.resolve(),
  command: () => ({ lines: ":" }),
});
