import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { home, vaultK8s } from "./product.ts";

// Tells which files are loaded, without changing anything of how they are.
const recorder = `
const { registerHooks } = require("node:module");
const { appendFileSync } = require("node:fs");
registerHooks({ load(url, context, next) { if (url.startsWith("file:")) appendFileSync(process.env.LOADED, url + "\\n"); return next(url, context); } });
`;

async function loadedBy(args: readonly string[]): Promise<string[]> {
  const [script, list] = [join(home, "recorder.cjs"), join(home, `loaded-${args.join("-").replaceAll(/\W/g, "")}`)];
  await writeFile(script, recorder);
  await writeFile(list, "");
  expect((await vaultK8s(args, { node: ["--require", script], env: { LOADED: list } })).exitCode).toBe(0);
  return [...new Set((await readFile(list, "utf8")).trim().split("\n"))].filter((url) => !url.endsWith("recorder.cjs"));
}

/** The packages that the loaded chunks of the bundle were made from. */
async function packagesIn(urls: readonly string[]): Promise<string[]> {
  const chunks = JSON.parse(await readFile(join(import.meta.dirname, "../../dist/chunks.json"), "utf8")) as Record<string, string[]>;
  return [...new Set(urls.flatMap((url) => chunks[basename(url)] ?? []))].sort();
}

describe("what is loaded before anything is done", () => {
  it.each([["--version"], ["--help"]])("by %s: commander and nothing else of other people", async (flag) => {
    const urls = await loadedBy([flag]);
    expect(await packagesIn(urls)).toEqual(["commander"]);
    expect(urls.map((url) => basename(url)).length, urls.join("\n")).toBeLessThanOrEqual(9);
  });

  it("by a command's help: no client, no prompts", async () => {
    const packages = await packagesIn(await loadedBy(["bootstrap", "--help"]));
    for (const heavy of ["@kubernetes/client-node", "axios", "execa", "@inquirer/prompts", "inquirer", "zod", "undici"])
      expect(packages).not.toContain(heavy);
  });
});
