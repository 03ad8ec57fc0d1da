import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseInput } from "../../../src/cli/commands/secret-values.ts";
import { CliError } from "../../../src/core/errors.ts";

describe("values from standard input", () => {
  it.each([
    ["lines", "user=a\npassword=b=c d\n", { user: "a", password: "b=c d" }],
    ["lines of Windows", "user=a\r\npassword=b\r\n", { user: "a", password: "b" }],
    ["an empty value", "user=\n", { user: "" }],
    ["comments", "# url=https://x\n  # a=b\nuser=a#b\n", { user: "a#b" }],
    ["space before a key, and in a value", "\t user= a \n", { user: " a " }],
    ["names as kubectl takes them", "_A.b-1=x\n-c=y", { "_A.b-1": "x", "-c": "y" }],
    ["empty lines", "\n\nuser=a\n\n", { user: "a" }],
    ["JSON", ' {"user":"a","port":1,"on":true}', { user: "a", port: 1, on: true }],
  ])("%s", (_, text, values) => expect(parseInput(text)).toMatchObject({ values, quoted: [] }));

  it.each([
    ["double quotes", 'A="quoted"\nB=x', { A: '"quoted"', B: "x" }],
    ["single quotes", "A='it'", { A: "'it'" }],
  ])("%s stay, and are named", (_, text, values) => expect(parseInput(text)).toEqual({ values, quoted: ["A"] }));

  it.each([
    ["export B=2", "export"],
    ["a=1\n  export\tB=2", "export"],
    ["DB PASSWORD=x", "space"],
    ["A =x", "space"],
    ["1A=x", "digit"],
    ["..A=x", "kubectl"],
    ["A=1\nA=2", "already"],
    ["# A=1\n", "no values"],
  ])("%j is refused, and it is said why", (text, word) => {
    try {
      parseInput(text);
      expect.unreachable();
    } catch (error) {
      expect(`${(error as CliError).message} ${(error as CliError).fix}`).toContain(word);
    }
  });

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
          expect(parseInput(JSON.stringify(values)).values).toEqual(JSON.parse(JSON.stringify(values)));
        },
      ),
    );
  });
});
