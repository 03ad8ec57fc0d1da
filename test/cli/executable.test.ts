import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { assets, codeFiles } from "../../scripts/executable/assets.ts";
import { withNode } from "../../scripts/executable/with-node.ts";
import { home, vaultK8s } from "./product.ts";

// The executable itself is made and tried by npm run packaging.
const root = join(import.meta.dirname, "../..");
const scripts = join(root, "scripts/executable");

/** Says to the loader that it is in an executable which holds these files. */
const inside = (files: Readonly<Record<string, string>>): string => `
const { readFileSync } = require("node:fs");
const Module = require("node:module");
const read = (name) => readFileSync(${JSON.stringify(files)}[name]);
const sea = { isSea: () => true, getAsset: (name) => read(name).toString(), getRawAsset: (name) => new Uint8Array(read(name)).buffer };
const load = Module._load;
Module._load = (id, ...rest) => (id === "node:sea" ? sea : load(id, ...rest));
`;

it("the executable runs the bundle from what is in it, and holds every chunk and every template", async () => {
  const folder = join(home, "executable");
  mkdirSync(folder);
  await execa(process.execPath, [join(scripts, "code-cache.ts"), root, join(folder, "compiled"), ...codeFiles(root)]);
  const files = assets(root, join(folder, "compiled"));
  const chunks = Object.keys(JSON.parse(readFileSync(join(root, "dist/chunks.json"), "utf8")) as object);
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining([...chunks.map((chunk) => `dist/${chunk}`), "bin/guard.js", "templates/vault.hcl", "templates/script/pods.sh"]),
  );
  writeFileSync(join(folder, "sea.cjs"), inside(files));
  const run = (args: readonly string[]) =>
    execa(process.execPath, ["--require", join(folder, "sea.cjs"), join(scripts, "loader.cjs"), ...args], { reject: false });
  for (const args of [["--version"], ["explain", "VK1008"], ["config", "view", "--cluster", "eks"]]) {
    const [there, here] = await Promise.all([run(args), vaultK8s(args)]);
    expect([there.exitCode, there.stderr], args.join(" ")).toEqual([0, ""]);
    expect(there.stdout.split("\n")[0]).toBe(here.stdout.split("\n")[0]);
  }
});

it("its bill of materials is the bundle's, with Node", () => {
  const text = readFileSync(join(root, "dist/sbom.cdx.json"), "utf8");
  const [before, after] = [text, withNode(text, "26.10.0")].map(
    (each) => JSON.parse(each) as Record<"components" | "dependencies", object[]>,
  );
  const ref = "pkg:github/nodejs/node@v26.10.0";
  expect(after?.components.slice(0, -1)).toEqual(before?.components);
  expect(after?.components.at(-1)).toMatchObject({ name: "node", version: "26.10.0", purl: ref });
  expect(after?.dependencies[0]).toMatchObject({ dependsOn: expect.arrayContaining([ref]) as string[] });
});
