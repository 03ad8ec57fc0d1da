import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseInput } from "../../../src/cli/commands/secret-values.ts";
import { CliError } from "../../../src/core/errors.ts";

describe("values from standard input", () => {
  it.each([
    ["lines", "user=a\npassword=b=c d\n", { user: "a", password: "b=c d" }],
    ["lines of Windows", "user=a\r\npassword=b\r\n", { user: "a", password: "b" }],
    ["an empty value", "user=\n", { user: "" }],
    ["empty lines", "\n\nuser=a\n\n", { user: "a" }],
    ["JSON", ' {"user":"a","port":1,"on":true}', { user: "a", port: 1, on: true }],
  ])("%s", (_, text, values) => expect(parseInput(text)).toEqual(values));

  it.each(["", "\n", "user", "=a", "{", '{"a":', "{}", "[1]"])("%j is refused", (text) => expect(() => parseInput(text)).toThrow(CliError));

  it("are never said in the refusal", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{12}$/), fc.constantFrom("", "{", '{"a": "', "user=a\n"), (secret, before) => {
        try {
          parseInput(`${before}${secret}`);
        } catch (error) {
          if (!(error instanceof CliError)) throw error;
          expect(`${error.message}${error.why ?? ""}${error.fix ?? ""}`).not.toContain(secret);
        }
      }),
    );
  });

  it("as JSON make the values again", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean()), { minKeys: 1, noNullPrototype: true }),
        (values) => {
          expect(parseInput(JSON.stringify(values))).toEqual(JSON.parse(JSON.stringify(values)));
        },
      ),
    );
  });
});
