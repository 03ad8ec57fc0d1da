import { failure, kinds } from "../../../errors.ts";

/** The token in what a generation gives: base64 of its bytes, each XORed with the password's. Throws VK1210 where it is none. */
export function decode(encoded: string, otp: string): string {
  const [bytes, pad] = [Buffer.from(encoded, "base64"), Buffer.from(otp)];
  const token = Buffer.from(bytes.map((byte, index) => byte ^ (pad[index] ?? 0))).toString("latin1");
  if (bytes.length > 0 && bytes.length === pad.length && /^[\w.-]+$/.test(token)) return token;
  throw failure(kinds.vaultGarbage, {
    what: "What Vault gave for the keys is no token",
    fix: "Look at a proxy in between. A root token may be valid: run the same command again, it looks for it.",
  });
}
