import { failure, kinds } from "../../errors.ts";
import type { Readers } from "../../systems/world.ts";
import { canonical } from "../../config/duration.ts";
import { lacking, type Sent } from "./lacking.ts";
import { aDay, factsOf, ownFacts, type TokenFacts } from "./token-facts.ts";

/** What is to take over: a token that is kept, or the run's own token where a person logged in. */
export interface Successor {
  readonly title: string;
  /** Undefined for the run's own token. */
  readonly token: string | undefined;
}

/** Proves that a successor lives on, also without the root token, may do all that is sent, and can read. Throws VK1520. */
export async function proveSuccessor(read: Readers, successor: Successor, sent: readonly Sent[]): Promise<void> {
  const facts = successor.token === undefined ? await ownFacts(read) : await factsOf(read, successor.token);
  if (facts !== undefined && successor.token !== undefined && facts.ttl < aDay) throw tooShort(successor, facts);
  const weakness = facts === undefined ? ["Vault does not know it."] : weaknesses(facts);
  const lacks = weakness.length > 0 ? weakness : await missing(read, successor, sent);
  if (lacks.length > 0) throw tooWeak(successor, lacks);
  await reads(read, successor);
}

// A token that another one made is revoked with it: Vault docs, "Tokens", "Token hierarchies and orphan tokens".
const weaknesses = ({ orphan }: TokenFacts): string[] =>
  orphan ? [] : ["It is no orphan: it would be revoked together with the token that made it."];

async function missing(read: Readers, { token }: Successor, sent: readonly Sent[]): Promise<string[]> {
  return (await lacking(read, token, sent)).map(({ path, capabilities }) => `It lacks ${capabilities.join(", ")} on ${path}.`);
}

/** A read that is carried out, besides what the policies promise. */
async function reads(read: Readers, successor: Successor): Promise<void> {
  const path = "sys/auth";
  const found =
    successor.token === undefined ? { kind: "found", answer: await read.vault.get(path) } : await read.vault.getAs(successor.token, path);
  const answer = found.kind === "found" && "answer" in found ? found.answer : undefined;
  if (answer?.data["token/"] === undefined) throw tooWeak(successor, [`It could not read ${path}.`]);
}

/** A login may be short: people log in again. A kept token that has ended leaves nobody. */
const tooShort = ({ title }: Successor, { ttl, period }: TokenFacts) =>
  failure(kinds.successorLacks, {
    what: `${title} cannot take over from the root token, which stays valid`,
    why: `It would end in ${canonical(`${ttl}s`)}, less than a day: Vault caps the period of ${canonical(`${period}s`)}.`,
    fix: `Let tokens live longer, with the root token: vault auth tune -max-lease-ttl=${canonical(`${period}s`)} token/ (or max_lease_ttl in the server's configuration). Then run the same command again, or pass --keep-root; docs/root-token.md.`,
  });

const tooWeak = ({ title, token }: Successor, lacks: readonly string[]) =>
  failure(kinds.successorLacks, {
    what: `${title} cannot take over from the root token, which stays valid`,
    why: lacks.join("\n"),
    fix:
      token === undefined
        ? "Give those who log in there the policy of --admin-policy, log in again, and run the same command; docs/root-token.md shows how."
        : "Run the same command again, or pass --keep-root; docs/root-token.md.",
  });

/** What retires the root token. */
export interface RetiredRootSpec {
  readonly policy: string;
  /** Where people log in to look after Vault; undefined where a token is kept instead. */
  readonly adminAuth: string | undefined;
  /** All that the successor must be able to do. */
  readonly sent: readonly Sent[];
}
