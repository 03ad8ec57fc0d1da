import { readFile } from "node:fs/promises";
import { failure, kinds } from "../../errors.ts";

const armour = /-----BEGIN PGP PUBLIC KEY BLOCK-----([\s\S]*?)-----END PGP PUBLIC KEY BLOCK-----/;

/**
 * A PGP public key as sys/init wants it: base64 of the binary key. Takes ASCII-armoured, binary and base64 files
 * (RFC 9580 §6 "ASCII Armor").
 * @throws CliError VK1009 when the file cannot be read or holds no public key.
 */
export async function pgpKeyBody(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw failure(kinds.badInput, { what: `The PGP key ${file} cannot be read`, why: error.code, fix: "Correct --pgp-key." });
  });
  const binary = binaryKey(bytes);
  if (binary !== undefined && isPublicKeyPacket(binary)) return binary.toString("base64");
  throw failure(kinds.badInput, {
    what: `${file} is not a PGP public key`,
    why: "Neither armoured, nor binary, nor base64 of a binary key.",
    fix: "gpg --export KEYID > key.gpg, or gpg --armor --export KEYID > key.asc",
  });
}

function binaryKey(bytes: Buffer): Buffer | undefined {
  const text = bytes.toString("latin1");
  const armoured = armour.exec(text);
  if (armoured !== null) return Buffer.from(withoutHeaders(armoured[1] ?? ""), "base64");
  if (isPublicKeyPacket(bytes)) return bytes;
  return /^[A-Za-z0-9+/=\s]+$/.test(text) ? Buffer.from(text, "base64") : undefined;
}

// Armour headers end at an empty line; a line that begins with "=" is the checksum.
function withoutHeaders(body: string): string {
  const lines = body.split(/\r?\n/);
  const blank = lines.findIndex((line, index) => index > 0 && line.trim() === "");
  return lines
    .slice(blank + 1)
    .filter((line) => !line.startsWith("="))
    .join("");
}

// A public key packet has tag 6, in the old or the new packet format: RFC 9580 §4.2.
function isPublicKeyPacket(bytes: Buffer): boolean {
  const first = bytes[0] ?? 0;
  return (first & 0x80) !== 0 && ((first & 0x40) !== 0 ? (first & 0x3f) === 6 : (first & 0x3c) >> 2 === 6);
}
