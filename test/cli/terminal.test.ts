import { spawnSync } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { bin, home, inTerminal, vaultK8s } from "./product.ts";

const refused = ["policy", "--cluster", "a/b"];
const escape = "\u001b[";

describe("colour", () => {
  it("is on where a terminal is", async () => expect((await inTerminal(refused)).stdout).toContain(escape));
  it.each([
    ["NO_COLOR", { NO_COLOR: "1" }, []],
    ["TERM=dumb", { TERM: "dumb" }, []],
    ["--color never", {}, ["--color", "never"]],
  ])("is off on a terminal with %s", async (_, env, more) =>
    expect((await inTerminal([...refused, ...more], { env })).stdout).not.toContain(escape),
  );
  it("is off without a terminal", async () => expect((await vaultK8s(refused)).stderr).not.toContain(escape));
  it.each([
    ["--color always", {}, ["--color", "always"]],
    ["FORCE_COLOR", { FORCE_COLOR: "1" }, []],
  ])("is on without a terminal with %s", async (_, env, more) =>
    expect((await vaultK8s([...refused, ...more], { env })).stderr).toContain(escape),
  );
  it("an empty NO_COLOR says nothing", async () => expect((await inTerminal(refused, { env: { NO_COLOR: "" } })).stdout).toContain(escape));
});

describe("characters", () => {
  it("are ASCII where the locale is not UTF-8", async () => {
    const { stderr } = await vaultK8s(refused, { env: { LANG: "C" } });
    expect(stderr).toMatch(/^x "a\/b"/);
    // oxlint-disable-next-line no-control-regex
    expect(stderr).toMatch(/^[\x00-\x7f]*$/);
  });

  it("are symbols where it is", async () => expect((await vaultK8s(refused, { env: { LANG: "de_DE.UTF-8" } })).stderr).toMatch(/^✗ /));
});

describe("a narrow terminal", () => {
  it("gets an error in lines that fit, with no word broken", async () => {
    const { stdout } = await inTerminal(refused, { columns: 40 });
    const lines = stripVTControlCharacters(stdout).split(/\r?\n/);
    expect(lines.filter((line) => line.length > 40)).toEqual([]);
    expect(lines.join(" ").replace(/\s+/g, " ")).toContain("it becomes part of paths in Vault.");
  });

  it("gets help that fits", async () => {
    const { stdout } = await inTerminal(["role", "--help"], { columns: 60 });
    expect(stdout.split(/\r?\n/).filter((line) => line.length > 60)).toEqual([]);
  });

  it("without a terminal an error's lines are whole, so that they can be searched", async () => {
    expect((await vaultK8s(refused)).stderr).toContain("at most 63 characters: it becomes part of paths in Vault.");
  });
});

describe("questions", () => {
  it("are not asked with --no-input", async () => {
    const { exitCode, stdout } = await inTerminal(["secret", "put", "db", "--cluster", "c", "--no-input"]);
    expect(exitCode).toBe(64);
    expect(stdout).toContain("VK1007");
  });

  it("are not asked in CI", async () => {
    expect((await inTerminal(["secret", "put", "db", "--cluster", "c"], { env: { CI: "true" } })).stdout).toContain("VK1007");
  });

  it.each([
    ["Ctrl-C", "hunter2\u0003"],
    ["Ctrl-T, which shows what was typed in other programs, and Ctrl-C", "hunter2\u0014\u0003"],
    ["the end of input, Ctrl-D", "\u0004"],
  ])("are not answered in clear text, and end with 130 at %s", async (_, keys) => {
    const { exitCode, stdout } = await inTerminal(["secret", "put", "db", "password", "--cluster", "c"], {
      typeLater: { after: "password:", keys },
    });
    expect(stdout).toContain("password:");
    expect(stdout).not.toContain("hunter2");
    expect([exitCode, stdout]).toEqual([130, expect.stringContaining("VK1002")]);
  });
});

describe("a reader that goes away", () => {
  it("is no failure", () => {
    const line = `"${process.execPath}" "${bin}" bootstrap --help | head -1; echo "codes \${PIPESTATUS[@]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", line], { encoding: "utf8", env: { PATH: process.env["PATH"], HOME: home } });
    expect(stderr).toBe("");
    expect(stdout).toContain("codes 0 0");
  });
});
