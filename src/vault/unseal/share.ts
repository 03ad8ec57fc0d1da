import { failure, kinds } from "../../errors.ts";

/** The longest share of Vault is 33 bytes; a PGP message that holds one is far longer. */
const longest = 64;
const shortest = 16;

/** Whether a share in base64 is still encrypted for its holder. */
export const isEncryptedShare = (base64: string): boolean => Buffer.from(base64, "base64").length > longest;

/**
 * An unseal key as a person gives it: hex or base64, alone or on a line as `vault operator init` prints it.
 * @throws CliError VK1511, which never holds what was given.
 */
export function parseShare(text: string): string {
  const key = text.trim().replace(/^(Unseal|Recovery) Key \d+:\s*/i, "");
  const bytes = decoded(key);
  if (bytes !== undefined && bytes >= shortest && bytes <= longest) return key;
  throw failure(kinds.badKey, {
    what: "What was given is not an unseal key",
    why:
      bytes !== undefined && bytes > longest
        ? "It is too long: it seems to be encrypted still."
        : "An unseal key is hex or base64 of 16 to 64 bytes.",
    fix: "Give the key alone, as it was handed out. One that was made with a PGP key is decrypted first: base64 -d | gpg -d",
  });
}

function decoded(key: string): number | undefined {
  if (/^([0-9a-f]{2})+$/i.test(key)) return key.length / 2;
  return /^[A-Za-z0-9+/]+={0,2}$/.test(key) && key.length % 4 === 0 ? Buffer.from(key, "base64").length : undefined;
}
