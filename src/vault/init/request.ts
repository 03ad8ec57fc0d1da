import type { KeysSpec } from "../../config/spec/keys.ts";
import type { InitAnswer, InitRequest, Keys, SealStatus } from "../../systems/world.ts";
import { pgpKeyBody } from "./pgp-key.ts";

/** What an init is asked for. */
export type InitSpec = Pick<KeysSpec, "shares" | "threshold" | "pgpKeys" | "rootTokenPgpKey">;

/** What is sent to sys/init. Documented at Vault's API docs, /sys/init. Throws VK1009 for a PGP key that is none. */
export async function initRequest({ shares, threshold, pgpKeys, rootTokenPgpKey }: InitSpec, seal: SealStatus): Promise<InitRequest> {
  const pgp = await Promise.all(pgpKeys.map(pgpKeyBody));
  const root = rootTokenPgpKey === undefined ? {} : { root_token_pgp_key: await pgpKeyBody(rootTokenPgpKey) };
  // The fields of one seal are refused by the other.
  return seal.recovery_seal === true
    ? {
        recovery_shares: shares,
        recovery_threshold: threshold,
        ...(pgp.length > 0 && { recovery_pgp_keys: pgp }),
        ...root,
      }
    : { secret_shares: shares, secret_threshold: threshold, ...(pgp.length > 0 && { pgp_keys: pgp }), ...root };
}

/** How large the answer can become, in bytes: each share twice, and a PGP message is as large as its key or less. */
export function answerBytes(request: InitRequest): number {
  const keys = [...(request.pgp_keys ?? []), ...(request.recovery_pgp_keys ?? []), request.root_token_pgp_key ?? ""];
  const shares = (request.secret_shares ?? 0) + (request.recovery_shares ?? 0);
  return 4096 + shares * 256 + keys.reduce((sum, key) => sum + key.length * 4, 0);
}

const hexToBase64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64");

/** The answer in the shape that `vault operator init -format=json` prints. */
export function toKeys(answer: InitAnswer, { shares, threshold }: InitSpec): Keys {
  const { keys = [], recovery_keys: recovery = [] } = answer as Partial<InitAnswer>;
  const auto = recovery.length > 0;
  return {
    unseal_keys_b64: answer.keys_base64 ?? keys.map(hexToBase64),
    unseal_keys_hex: keys,
    unseal_shares: auto ? 1 : shares,
    unseal_threshold: auto ? 1 : threshold,
    recovery_keys_b64: answer.recovery_keys_base64 ?? recovery.map(hexToBase64),
    recovery_keys_hex: recovery,
    recovery_keys_shares: auto ? shares : 0,
    recovery_keys_threshold: auto ? threshold : 0,
    root_token: answer.root_token,
  };
}
