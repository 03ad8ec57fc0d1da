import type { CliError } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import type { Keys, Readers, SealStatus } from "../../systems/world.ts";
import { isEncryptedShare } from "./share.ts";

/** Shares that unseal, or why there are not enough of them here. */
export type Shares =
  | { readonly kind: "enough"; readonly shares: readonly string[] }
  | { readonly kind: "elsewhere"; readonly why: CliError };

/** As many shares from custody as the threshold asks for. Throws VK1009 for keys that are broken. */
export async function sharesInCustody(read: Readers): Promise<Shares> {
  const keys = await read.keys.read();
  const where = read.keys.describe();
  if (keys === undefined)
    return elsewhere(
      "Vault is sealed, and there are no unseal keys here",
      `There are none in ${where}.`,
      "--init-file and the --keys flags say where they are.",
    );
  if (keys.unseal_keys_b64.some(isEncryptedShare))
    return elsewhere(
      "The unseal keys are encrypted for their holders",
      `${where} holds PGP messages; only the holders can read them.`,
      `For its Nth key a holder types: ${pgpLine(where)}`,
    );
  if (keys.unseal_keys_b64.length < keys.unseal_threshold)
    return elsewhere(
      "The unseal keys are with their holders",
      `${keys.unseal_keys_b64.length} of the ${keys.unseal_threshold} that are needed can be read from here.`,
      "",
    );
  return { kind: "enough", shares: sharesOf(keys) };
}

/** How many keys there are in all, of which some shares are as many as unseal. */
const totals = new WeakMap<readonly string[], number>();

function sharesOf(keys: Keys): readonly string[] {
  const shares = keys.unseal_keys_b64.slice(0, keys.unseal_threshold);
  totals.set(shares, keys.unseal_shares);
  return shares;
}

/** Why shares from custody cannot be those of a sealed node: it tells how many keys there are, and how many unseal. Undefined where they can. */
export function misfit(shares: readonly string[], { t, n }: Pick<SealStatus, "t" | "n">): string | undefined {
  const total = totals.get(shares);
  if (total === undefined || t === 0 || (t === shares.length && n === total)) return undefined;
  return `It wants ${t} of ${n} keys, and those here are ${shares.length} of ${total}. None was sent.`;
}

const pgpLine = (where: string): string =>
  `jq -r '.unseal_keys_b64[N-1]' ${where} | base64 -d | gpg -d | vault-k8s operator unseal - (with the flags of this run)`;

const elsewhere = (what: string, why: string, fix: string): Shares => ({
  kind: "elsewhere",
  why: failure(kinds.noKeys, {
    what,
    why,
    fix: [
      fix,
      "Each holder in turn gives a key: vault-k8s operator unseal asks for it, or reads it from standard input with -. Then run the same command again.",
    ]
      .filter(Boolean)
      .join("\n"),
  }),
});
