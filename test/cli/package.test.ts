import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const json = <T>(file: string): T => JSON.parse(read(file)) as T;

interface Packed {
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

function packed(): Packed {
  const { stdout, stderr, status } = spawnSync("npm", ["pack", "--dry-run", "--ignore-scripts", "--json"], { cwd: root, encoding: "utf8" });
  expect(status, stderr).toBe(0);
  const said = JSON.parse(stdout) as readonly Packed[] | Readonly<Record<string, Packed>>;
  return Object.values(said)[0]!;
}

describe("the package", () => {
  const { scripts, license, version } = json<{ scripts: Record<string, string>; license: string; version: string }>("package.json");

  it("is below 2 MB, and holds what runs and what is read, no source maps and no tests", () => {
    const { size, files } = packed();
    const paths = files.map(({ path }) => path);
    expect(size).toBeLessThan(2_000_000);
    for (const file of [
      "LICENSE",
      "README.md",
      "CHANGELOG.md",
      "bin/vault-k8s",
      "bin/kubectl_complete-vault_k8s",
      "ci/plan.sh",
      "ci/gitlab.yml",
      "dist/main.cjs",
      "dist/LICENSES.txt",
      "dist/sbom.cdx.json",
    ])
      expect(paths).toContain(file);
    expect(paths.filter((path) => /\.map$|^(src|test|scripts|bench)\/|node_modules/.test(path))).toEqual([]);
  });

  // npm ci in a checkout runs prepublish, which no installation does; of a package in a file npm warns for its prepare too.
  it("runs nothing when it is installed", () => {
    for (const script of ["preinstall", "install", "postinstall", "prepare"]) expect(scripts[script]).toBeUndefined();
  });

  it("has the text of the licence that it names, and says what changed in this version", () => {
    expect([license, read("LICENSE").split("\n")[0]]).toEqual(["MPL-2.0", "Mozilla Public License Version 2.0"]);
    expect(read("CHANGELOG.md")).toContain(`\n## ${version}`);
  });
});

describe("what is bundled", () => {
  const bundled = [...new Set(Object.values(json<Record<string, string[]>>("dist/chunks.json")).flat())].sort();
  const { components } = json<{ components: { name: string; version: string; purl: string; licenses?: unknown }[] }>("dist/sbom.cdx.json");

  it("is in the bill of materials, each package with version, address and licence", () => {
    expect([...new Set(components.map(({ name }) => name))].sort()).toEqual(bundled);
    for (const { name, version, purl, licenses } of components) {
      expect(purl).toBe(`pkg:npm/${name.replace("@", "%40")}@${version}`);
      expect(licenses, name).toBeDefined();
    }
  });

  it("has the text of each licence beside it", () => {
    const parts = read("dist/LICENSES.txt")
      .split(`${"=".repeat(80)}\n`)
      .slice(1);
    expect(parts.length).toBe(components.length);
    for (const part of parts) expect(part, part.split("\n")[0]).toMatch(/permi(ssion|tted)|Apache License/i);
  });

  it("has its source maps apart, which no file names", () => {
    const files = readdirSync(join(root, "dist"));
    expect(files).toContain("main.cjs.map");
    expect(read("dist/main.cjs")).not.toContain("sourceMappingURL");
  });
});

describe("the workflow that publishes", () => {
  const text = read(".github/workflows/publish.yml");

  it("runs no action but by its commit, and asks for no more rights than it needs", () => {
    const uses = [...text.matchAll(/uses: (\S+)/g)].map(([, action = ""]) => action);
    expect(uses.length).toBeGreaterThan(2);
    for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    expect(text).toContain("--provenance");
    expect(text).toContain('sh packaging/fill.sh "$GITHUB_REPOSITORY_OWNER" vault-k8s-*.tgz dist/packaging');
    expect(text).not.toMatch(/NODE_AUTH_TOKEN|NPM_TOKEN|secrets\./);
  });
});
