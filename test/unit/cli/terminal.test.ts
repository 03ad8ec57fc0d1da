import { describe, expect, it } from "vitest";
import { colorLevel } from "../../../src/cli/render/terminal.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const stream = (isTTY: boolean, depth: number) => ({ isTTY, write: () => undefined, getColorDepth: () => depth });

describe("the colour level", () => {
  it.each([
    ["a terminal of 256 colours", true, 8, {}, "auto", 2],
    ["a terminal of 16 million", true, 24, {}, "auto", 3],
    ["a terminal of 16", true, 4, {}, "auto", 1],
    ["a terminal of none", true, 1, {}, "auto", 0],
    ["a pipe", false, 8, {}, "auto", 0],
    ["NO_COLOR", true, 8, { NO_COLOR: "1" }, "auto", 0],
    ["NO_COLOR against FORCE_COLOR", true, 8, { NO_COLOR: "1", FORCE_COLOR: "1" }, "auto", 0],
    ["an empty NO_COLOR", true, 8, { NO_COLOR: "" }, "auto", 2],
    ["FORCE_COLOR in a pipe", false, 1, { FORCE_COLOR: "" }, "auto", 1],
    ["FORCE_COLOR=3", false, 1, { FORCE_COLOR: "3" }, "auto", 3],
    ["FORCE_COLOR=0", true, 8, { FORCE_COLOR: "0" }, "auto", 0],
    ["TERM=dumb", true, 8, { TERM: "dumb" }, "auto", 0],
    ["--color always against NO_COLOR", false, 1, { NO_COLOR: "1" }, "always", 1],
    ["--color never against FORCE_COLOR", true, 8, { FORCE_COLOR: "3" }, "never", 0],
  ] as const)("%s", (_, isTTY, depth, env, when, level) => expect(colorLevel(stream(isTTY, depth), env, when)).toBe(level));
});

describe("what a terminal can do", () => {
  it("writes over a line on a terminal, not in CI, not without one", () => {
    expect(fakeTerminal({ tty: true, env: {} }).overwrites).toBe(true);
    expect(fakeTerminal({ tty: true, env: { CI: "true" } }).overwrites).toBe(false);
    expect(fakeTerminal({ tty: true, env: { TERM: "dumb" } }).overwrites).toBe(false);
    expect(fakeTerminal({ tty: false }).overwrites).toBe(false);
  });

  it.each([
    [{ LANG: "C.UTF-8" }, "✔"],
    [{ LANG: "de_DE.utf8" }, "✔"],
    [{ LANG: "C" }, "ok"],
    [{ LC_ALL: "POSIX", LANG: "C.UTF-8" }, "ok"],
    [{ LC_CTYPE: "C.UTF-8", LANG: "C" }, "✔"],
  ])("speaks the characters of %j", (env, done) => expect(fakeTerminal({ env }).symbols.done).toBe(done));
});
