import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { keysText, shareText, tokenText } from "../../../src/keys/documents.ts";
import { lastWords } from "../../../src/keys/last-words.ts";
import type { Keys } from "../../../src/systems/world.ts";

const keysOf = (shares: readonly Buffer[], token: string): Keys => ({
  unseal_keys_b64: shares.map((share) => share.toString("base64")),
  unseal_keys_hex: shares.map((share) => share.toString("hex")),
  unseal_shares: shares.length,
  unseal_threshold: 3,
  recovery_keys_b64: [],
  recovery_keys_hex: [],
  recovery_keys_shares: 0,
  recovery_keys_threshold: 0,
  root_token: token,
});

/** What is left of a key: a piece of nine of its characters would be. */
function left(words: string, ...keys: readonly string[]): string | undefined {
  const pieces = keys.flatMap((key) => Array.from({ length: key.length - 8 }, (_, at) => key.slice(at, at + 9)));
  return pieces.find((one) => words.includes(one));
}

// Of 33 random bytes in base64 four in ten have a "/", "+" or neither: each alphabet is tried often.
test("no unseal key passes, whatever it is made of", () => {
  for (let run = 0; run < 4_000; run++) {
    const shares = Array.from({ length: 5 }, () => randomBytes(33));
    const keys = keysOf(shares, "hvs.CAESIJ0123456789abcdef");
    const text = keysText(keys);
    const words = lastWords(`something\ncannot store: ${text.replace(/[\n ]/g, "")}`, [text]);
    expect(left(words, ...keys.unseal_keys_b64, ...keys.unseal_keys_hex, keys.root_token)).toBeUndefined();
    expect(words).toMatch(/^cannot store: /);
  }
}, 120_000);

const ways: Readonly<Record<string, (text: string) => string>> = {
  "as it is": (text) => text,
  "for URLs": (text) => text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""),
  "in a URL": encodeURIComponent,
  "in hex, in capitals": (text) => Buffer.from(text, "base64").toString("hex").toUpperCase(),
  "half of it in hex, in capitals": (text) => Buffer.from(text, "base64").toString("hex").toUpperCase().slice(7, 40),
  "in base64": (text) => Buffer.from(`x${text}`).toString("base64"),
  "in hex": (text) => Buffer.from(text).toString("hex"),
  "its beginning": (text) => text.slice(0, 20),
  "its end": (text) => text.slice(-20),
  "its middle": (text) => `${text.slice(11, 25)}...`,
  wrapped: (text) => text.replace(/.{11}/g, "$&\n"),
};

test.each(Object.entries(ways))("a share that a command complains about is hidden: %s", (_, way) => {
  for (let run = 0; run < 100; run++) {
    const share = randomBytes(33);
    const keys = keysOf([share], "s.Qw3rTyUiOpAsDfGhJkLzXcVb");
    const kept = keys.unseal_keys_b64[0]!;
    const said = way(kept);
    const document = shareText(keys, "alice", 0);
    for (const line of [said, JSON.stringify(JSON.stringify({ key: said })), `curl: (22) --data token%3D${said}&x=1`])
      expect(left(lastWords(`no: ${line}`, [document]), kept, share.toString("hex"), said)).toBeUndefined();
  }
});

test.each(["s.Qw3rTyUiOpAsDfGhJkLzXcVb", "hvs.CAESIJ0123456789abcdefghij", "a-token-that-somebody-chose"])(
  "a token is hidden: %s",
  (token) => {
    for (const way of Object.values(ways).slice(0, -3)) expect(left(lastWords(way(token), [tokenText(token)]), token)).toBeUndefined();
  },
);

test("words that a command has of its own stay", () => {
  const text = keysText(keysOf([randomBytes(33)], "hvs.CAESIJ0123456789abcdef"));
  const words = "cannot write /mnt/secrets/eks-prod/init.json: Permission denied (os error 13)";
  expect(lastWords(`usage: keep\n${words}\n`, [text])).toBe(words);
  expect(lastWords("", [text])).toBe("");
});

test("whatever a command says, and was given, ends in one line", () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string()), (stderr, documents) => {
      expect(lastWords(stderr, documents)).not.toMatch(/\n/);
    }),
  );
});
