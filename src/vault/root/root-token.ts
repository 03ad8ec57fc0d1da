import { CliError } from "../../core/errors.ts";
import { inOrder } from "../../core/in-order.ts";
import { kinds } from "../../errors.ts";
import type { Keys, Readers } from "../../systems/world.ts";
import { isEncrypted } from "../../systems/words.ts";
import { factsOf, ownFacts } from "./token-facts.ts";

/** The root token that init gave, as far as this run has it. */
export type RootToken =
  /** It does not stand where the keys of this Vault are looked for. */
  | { readonly kind: "elsewhere" }
  /** For its holder, with PGP. */
  | { readonly kind: "encrypted" }
  | { readonly kind: "revoked" }
  | { readonly kind: "valid"; readonly token: string };

/** Looks at the root token in custody, and asks Vault whether it still knows it. Throws NotYet while Vault is not there. */
export async function rootToken(read: Readers): Promise<RootToken> {
  const [, found] = await inOrder([ownFacts(read), inCustody(read)]);
  return found;
}

async function inCustody(read: Readers): Promise<RootToken> {
  const root = (await keysInReach(read))?.root_token;
  if (root === undefined || root === "") return { kind: "elsewhere" };
  if (isEncrypted(root)) return { kind: "encrypted" };
  return (await factsOf(read, root)) === undefined ? { kind: "revoked" } : { kind: "valid", token: root };
}

/** The keys of the pods' own Vault: they belong to no other, so nothing of them is shown to an address. */
async function keysInReach(read: Readers): Promise<Keys | undefined> {
  if (read.vaultKube === undefined) return undefined;
  try {
    return await read.keys.read();
  } catch (error) {
    if (error instanceof CliError && error.kind === kinds.noKeys) return undefined;
    throw error;
  }
}

/** Whether the run's own token is a root token. */
export const runsAsRoot = async (read: Readers): Promise<boolean> => (await ownFacts(read)).policies.includes("root");
