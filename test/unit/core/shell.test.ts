import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withInput, word } from "../../../src/core/shell.ts";

const sh = (script: string): string => spawnSync("sh", ["-c", script], { encoding: "utf8" }).stdout;
const text = fc.string({ unit: "grapheme" }).filter((value) => !value.includes("\0"));

describe("what is written for a shell", () => {
  it("comes back as the same words", () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (words) => {
        expect(sh(`printf '%s\\001' ${words.map(word).join(" ")}`)).toBe(words.map((each) => `${each}\u0001`).join(""));
      }),
      { numRuns: 30 },
    );
  });

  it.each(["a\nYAML\nYAML_\nb", "$HOME `id` \\ $(id)", "it's"])("comes back as the same input: %j", (input) =>
    expect(sh(withInput("cat", input, "YAML"))).toBe(`${input}\n`),
  );
});
