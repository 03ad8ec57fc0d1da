import { Readable } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { holdersFrom } from "../../../src/cli/commands/key-holders.ts";
import { parseShare } from "../../../src/vault/unseal/share.ts";
import { explained, orExplained, patience, tries } from "./chance.ts";

const share = fc.uint8Array({ minLength: 16, maxLength: 64 }).map((bytes) => Buffer.from(bytes));
const form = fc.constantFrom<BufferEncoding>("hex", "base64");
const around = fc.constantFrom("", " ", "\t", "\r", "\n");
const label = fc.constantFrom("", "Unseal Key 1: ", "Recovery Key 12: ", "unseal key 3:");

test("a share is taken in either form, alone or as vault prints it, and stays what it was", () => {
  fc.assert(
    fc.property(share, form, around, label, (bytes, as, space, before) => {
      const key = parseShare(`${space}${before}${bytes.toString(as)}${space}`);
      expect([bytes.toString("hex"), bytes.toString("base64")]).toContain(key);
    }),
    tries(300),
  );
});

test("anything else is refused with words that do not hold it", { timeout: patience }, () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), fc.base64String()), (text) => {
      try {
        expect(text.trim()).toContain(parseShare(text));
      } catch (error) {
        explained(error);
        if (text.trim().length > 8) expect(String(error)).not.toContain(text.trim());
      }
    }),
    tries(500),
  );
});

test("standard input of any kind gives keys or an explanation, and ends", { timeout: patience }, async () => {
  const document = fc.json().map((text) => `{"unseal_keys_b64": ${text}, "key": ${text}}`);
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string({ unit: "binary" }), fc.json(), document), (text) =>
      orExplained(async () => {
        const holders = holdersFrom(Readable.from([Buffer.from(text)]));
        for (let key = await holders.next(""); key !== undefined; key = await holders.next("")) expect(typeof key).toBe("string");
      }),
    ),
    tries(300),
  );
});
