import { failure, kinds } from "../../errors.ts";
import type { Readers, VaultAnswer } from "../../systems/world.ts";

/** What Vault says of a token. Documented at Vault's API docs, /auth/token "Lookup a Token (Self)". */
export interface TokenFacts {
  /** Tells the token without giving it. */
  readonly accessor: string;
  readonly policies: readonly string[];
  /** Where it was made, e.g. "auth/userpass/login/alice". */
  readonly path: string;
  readonly displayName: string;
  /** It does not die with another token. */
  readonly orphan: boolean;
  /** Seconds that are left; 0 for ever. */
  readonly ttl: number;
  /** Seconds that a renewal gives, unless Vault caps them; 0 where it is not periodic. */
  readonly period: number;
  /** Seconds that it got when it was made. */
  readonly creationTtl: number;
  /** When it ends, RFC 3339; undefined for never. */
  readonly expires: string | undefined;
}

/** Less than this, in seconds, is no life for what looks after Vault. */
export const aDay = 24 * 3600;

const lookupSelf = "auth/token/lookup-self";

/** What a token is; undefined when Vault does not know it. Throws NotYet while Vault is not there, VK1210 for an answer that is none. */
export async function factsOf(read: Readers, token: string): Promise<TokenFacts | undefined> {
  const found = await read.vault.getAs(token, lookupSelf);
  return found.kind === "denied" ? undefined : factsIn(read, found.kind === "found" ? found.answer : undefined);
}

/** What the run's token is. Throws VK1204 when Vault does not know it. */
export const ownFacts = async (read: Readers): Promise<TokenFacts> => factsIn(read, await read.vault.get(lookupSelf));

function factsIn(read: Readers, answer: VaultAnswer | undefined): TokenFacts {
  const { accessor, policies, identity_policies: more, path, display_name: displayName, orphan, ...times } = answer?.data ?? {};
  if (!Array.isArray(policies) || typeof path !== "string")
    throw failure(kinds.vaultGarbage, {
      what: `Vault does not say what the token is (${read.vault.describe()})`,
      why: `The answer of ${lookupSelf} has no policies and no path.`,
      fix: "Look at the address, and at a proxy in between.",
    });
  const named = [...policies, ...(Array.isArray(more) ? more : [])].map(String);
  const { ttl, period, creation_ttl: creationTtl, expire_time: expires } = times;
  return {
    accessor: typeof accessor === "string" ? accessor : "",
    policies: named,
    path,
    displayName: String(displayName ?? ""),
    orphan: orphan === true,
    ttl: whole(ttl),
    period: whole(period),
    creationTtl: whole(creationTtl),
    expires: typeof expires === "string" ? expires : undefined,
  };
}

const whole = (value: unknown): number => (typeof value === "number" ? value : 0);
