import { CliError, NotYet } from "../core/errors.ts";
import { kinds } from "../errors.ts";
import { owner, ownerLabel, ownershipOf } from "../kubernetes/ownership.ts";
import type { Readers } from "../systems/world.ts";
import { mounts } from "../wiring/mounts.ts";

/** The cluster's own Vault, and the cluster's place in it. */
export interface OwnVault {
  readonly namespace: string;
  readonly release: string;
  readonly authMount: string;
}

/**
 * Why Vault has to stay: it is not ours, or others log in to it. Undefined where it may go, or is gone.
 * @param force Others do not count.
 */
export async function vaultNeeded(read: Readers, { authMount, namespace, release }: OwnVault, force: boolean): Promise<string | undefined> {
  if (read.where.vaultIs !== "cluster") return "it is not in this cluster";
  const found = await read.helm.release(namespace, release);
  if (found !== undefined && found.labels[ownerLabel] !== owner) return "it was installed by someone else";
  if (force) return undefined;
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
