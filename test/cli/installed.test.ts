import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { fresh, packed } from "../../scripts/packaging/fresh.ts";
import { home } from "./product.ts";

// On other lines of Node: npm run packaging.
it("the packed file is installed without a network in a folder that has only Node, and runs there", async () => {
  const { folder, env, npm } = fresh(join(home, "fresh"), process.execPath);
  await npm(["install", "--no-audit", "--no-fund", await packed(home)]);
  const lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")) as { packages: Record<string, unknown> };
  expect(Object.keys(lock.packages)).toEqual(["", "node_modules/vault-k8s"]);
  const run = (args: readonly string[]) =>
    execa(join(folder, "node_modules/.bin/vault-k8s"), args, { env, cwd: folder, extendEnv: false, reject: false });
  const help = await run(["--help"]);
  expect([help.exitCode, help.stderr]).toEqual([0, ""]);
  expect(help.stdout).toMatch(/bootstrap .*\n[^]*verify /);
  // Reads a template and a page of the docs, which are files of the package.
  expect(await run(["explain", "VK1008"])).toMatchObject({ exitCode: 0, stderr: "" });
});
