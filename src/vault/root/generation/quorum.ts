import { failure, kinds } from "../../../errors.ts";
import type { KeyHolders, Keys, Readers } from "../../../systems/world.ts";
import { isEncryptedShare } from "../../unseal/share.ts";

/**
 * Who gives the keys of a generation: custody, or the holders where custody has too few that can be read. With an auto-unseal these are
 * the recovery keys.
 * @throws CliError VK1504 where nobody can give them, VK1009 for keys that are broken.
 */
export async function quorum(read: Readers, holders: KeyHolders | undefined): Promise<KeyHolders> {
  if (holders?.insist === true) return holders;
  const keys = await read.keys.read();
  const shares = keys === undefined ? [] : readable(keys);
  if (shares.length > 0) return fromCustody(shares);
  if (holders !== undefined) return holders;
  throw failure(kinds.noKeys, {
    what: "A root token wants a quorum of the keys, and too few of them can be read here",
    why: `${read.keys.describe()} does not have them, or has them encrypted for their holders.`,
    fix: "--init-file and the --keys flags say where they are. Their holders can type them at a terminal, all in one run, or give them on standard input with --key-stdin.",
  });
}

/** As many as are needed; none where there are too few. */
function readable(keys: Keys): readonly string[] {
  const recovery = keys.recovery_keys_shares > 0;
  const all = recovery ? keys.recovery_keys_b64 : keys.unseal_keys_b64;
  const needed = recovery ? keys.recovery_keys_threshold : keys.unseal_threshold;
  return all.length < needed || all.some(isEncryptedShare) ? [] : all.slice(0, needed);
}

function fromCustody(shares: readonly string[]): KeyHolders {
  const left = [...shares];
  return { insist: false, askAgain: false, refuse: () => undefined, next: () => Promise.resolve(left.shift()) };
}
