import { CliError, NotYet } from "../core/errors.ts";
import { gone, stays, type Look, type Standing } from "../core/removal.ts";
import { kinds } from "../errors.ts";
import { ownershipOf } from "../kubernetes/ownership.ts";
import type { Readers } from "../systems/world.ts";

/**
 * How something stands that is in a Vault. Where the cluster's own Vault is not there any more, it is gone from reach; a Vault that is there
 * must be unsealed, which is told before anything is deleted.
 */
export function inVault(look: Look<Readers>): Look<Readers> {
  return async (read) => {
    try {
      return await look(read);
    } catch (error) {
      if (!(error instanceof NotYet)) throw error;
      if (error.kind === kinds.vaultNotInstalled && read.where.vaultIs === "cluster") return gone("Vault is not there");
      const { kind, message: what, why, fix } = error;
      throw new CliError(kind, { what, why: why ?? "What is ours in it can only be taken away by itself.", fix });
    }
  };
}

/** Goes where `text` holds our mark of this cluster; else it stays, and why. */
export async function byMark({ kube }: Readers, text: string, note?: string): Promise<Standing> {
  const ownership = ownershipOf(text, await kube.clusterUid());
  return ownership === "ours" ? { kind: "there", note } : stays(notOurs[ownership]);
}

const notOurs = { "other-cluster": "it belongs to another cluster", foreign: "it is not marked as ours" } as const;
