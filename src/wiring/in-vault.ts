import { CliError, exitCodes, NotYet } from "../core/errors.ts";
import { stays, type Look, type RemovalState } from "../core/removal.ts";
import { ownershipOf } from "../kubernetes/ownership.ts";
import type { RemovalPolicy } from "../systems/removal.ts";
import type { Readers } from "../systems/world.ts";

/** How something stands that is in a Vault. A Vault that is there must be unsealed, which is told before anything is deleted. */
export function inVault(look: Look<Readers>, { inSilentVault }: RemovalPolicy): Look<Readers> {
  return async (read) => {
    try {
      return await look(read);
    } catch (error) {
      if (!(error instanceof NotYet)) throw error;
      return inSilentVault(read, error);
    }
  };
}

/** Goes where `text` holds our mark of this cluster; else it stays, and why. */
export async function byMark({ kube }: Readers, text: string, note?: string): Promise<RemovalState> {
  const ownership = ownershipOf(text, await kube.clusterUid());
  return ownership === "ours" ? { kind: "there", note } : stays(notOurs[ownership]);
}

const notOurs = { "other-cluster": "it belongs to another cluster", foreign: "it is not marked as ours" } as const;

/** What rests on an answer that Vault refuses to give stays. */
export async function unlessRefused(what: string, ask: () => Promise<string | undefined>, fix = ""): Promise<string | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof CliError) || error.kind.exit !== exitCodes.refused) throw error;
    return `${what} cannot be known: ${error.message}${fix}`;
  }
}
