import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { kinds } from "../../src/errors.ts";
import { inTerminal, vaultK8s } from "./product.ts";

const docs = (page: string): string => readFileSync(join(import.meta.dirname, "../../docs", page), "utf8");

describe("vault-k8s alone", () => {
  it("is its help, and no failure", async () => expect(await vaultK8s([])).toEqual(await vaultK8s(["--help"])));
});

describe("explain", () => {
  it.each([
    ["VK1203", "errors.md"],
    ["vd40", "causes.md"],
  ])("prints what the docs say of %s, in any case", async (code, page) => {
    const { exitCode, stdout, stderr } = await vaultK8s(["explain", code]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const [title = ""] = stdout.split("\n");
    expect(title.startsWith(`${code.toUpperCase()} `)).toBe(true);
    expect(docs(page)).toContain(`## ${title}\n`);
    const words = (text: string): string[] => text.match(/[A-Za-z]{3,}/g) ?? [];
    expect(words(docs(page)).join(" ")).toContain(words(stdout).slice(0, 40).join(" "));
  });

  it("without a code lists all of them", async () => {
    const { exitCode, stdout } = await vaultK8s(["explain"]);
    expect(exitCode).toBe(0);
    for (const { code, title } of Object.values(kinds)) expect(stdout).toContain(`${code}  ${title}\n`);
    expect(stdout).toMatch(/^VD01 {4}\S/m);
  });

  it("refuses a code that is not there, with the one that was meant", async () => {
    const { exitCode, stdout, stderr } = await vaultK8s(["explain", "VK1230x"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: "" });
    expect(stderr).toContain("Did you mean VK1230?");
  });

  it("fits the terminal, and leaves no Markdown link", async () => {
    const { stdout } = await inTerminal(["explain", "VD05"], { columns: 60 });
    const lines = stdout.replaceAll("\r", "").split("\n");
    expect(lines.length).toBeGreaterThan(12);
    for (const line of lines) expect(line.length <= 60 || !line.trim().includes(" "), line).toBe(true);
    expect(stdout).not.toContain("](");
  });

  it("completes codes", async () => {
    const { stdout } = await vaultK8s(["completion", "candidates", "--", "explain", "VK130"]);
    expect(stdout).toContain("VK1301\thelm was not found\n");
  });
});
