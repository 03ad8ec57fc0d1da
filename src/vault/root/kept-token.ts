import type { Say } from "../../core/resource.ts";
import { failure, kinds } from "../../errors.ts";
import type { Readers, Writers } from "../../systems/world.ts";
import { clean } from "../../systems/words.ts";
import { factsOf, type TokenFacts } from "./token-facts.ts";

export type Kept =
  | { readonly kind: "none" }
  | { readonly kind: "useless"; readonly why: string }
  | { readonly kind: "good"; readonly token: string; readonly facts: TokenFacts };

/** The token in custody, and whether it can take over from the root token. */
export async function keptToken(read: Readers, { policy }: { readonly policy: string }): Promise<Kept> {
  const found = await keptFacts(read);
  if (found === undefined) return { kind: "none" };
  const { token, facts } = found;
  const why = facts === undefined ? "Vault does not know it" : whyUseless(facts, policy);
  return why === undefined && facts !== undefined ? { kind: "good", token, facts } : { kind: "useless", why: why ?? "" };
}

function whyUseless({ policies, orphan, period }: TokenFacts, policy: string): string | undefined {
  if (!policies.includes(policy)) return `it does not have policy ${policy}`;
  if (!orphan) return "it would die with the token that made it";
  return period > 0 ? undefined : "it cannot be renewed for ever";
}

/** Seconds that a renewal gives: Vault caps the period, and goes on telling the period that was asked for. */
export const wholeLife = ({ period, creationTtl }: TokenFacts): number => (creationTtl > 0 ? Math.min(period, creationTtl) : period);

/** The same of any policy, also one that somebody else has put there: undefined where none is kept, or Vault is at an address. */
export async function keptFacts(read: Readers): Promise<{ readonly token: string; readonly facts: TokenFacts | undefined } | undefined> {
  // It belongs to the pods' own Vault and is shown to no other.
  const token = read.vaultKube === undefined ? undefined : await read.keys.token();
  return token === undefined ? undefined : { token, facts: await factsOf(read, token) };
}

/** Renews it; what Vault has to say of that is told. */
export async function renewKept(write: Writers, token: string, say: Say): Promise<void> {
  const { warnings } = await write.vault.postAs(token, "auth/token/renew-self", {});
  tellWarnings(warnings, token, say);
}

export function tellWarnings(warnings: readonly string[], token: string, say: Say): void {
  for (const words of warnings) say(`Vault warns of the token: ${clean(words, [token])}`);
}

/** Keeps it and reads it back; one that did not get into custody must not live on unknown. Throws VK1502 and what custody throws. */
export async function keepToken(write: Writers, token: string): Promise<void> {
  try {
    await write.keys.keepToken(token);
    if ((await write.keys.token()) !== token) throw notKept(write);
  } catch (error) {
    const kept = await write.keys.token().catch(() => undefined);
    if (kept !== token) await write.vault.revoke(token).catch(() => undefined);
    throw error;
  }
}

const notKept = (write: Writers) =>
  failure(kinds.keysNotWritable, {
    what: `The token that takes over from the root token could not be read back from ${write.keys.describe()}`,
    why: "Without it nobody could look after Vault once the root token is gone, so the root token stays.",
    fix: "Name a place that can be read back, or log in with --admin-auth, or pass --keep-root.",
  });
