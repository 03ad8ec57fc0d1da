import type { CliError } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import type { Keys, Readers } from "../../systems/world.ts";
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

const sharesOf = (keys: Keys): readonly string[] => keys.unseal_keys_b64.slice(0, keys.unseal_threshold);

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
