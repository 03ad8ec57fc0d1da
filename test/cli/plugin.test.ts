import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { bin, home } from "./product.ts";

const root = join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(file, "utf8");
const { version, bin: bins } = JSON.parse(read(join(root, "package.json"))) as { version: string; bin: Record<string, string> };
const folder = join(home, "plugin");
const plugin = join(folder, "kubectl-vault_k8s");

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  // As npm and krew link it, on the Node that the tests run on.
  symlinkSync(bin, plugin);
  symlinkSync(process.execPath, join(folder, "node"));
  writeFileSync(join(folder, "vault-k8s.yaml"), "clusters:\n  eks-prod: {}\n");
});

const run = (program: string, ...args: string[]) =>
  spawnSync(program, args, { cwd: folder, encoding: "utf8", env: { PATH: `${folder}:/usr/bin:/bin`, HOME: folder, LANG: "C.UTF-8" } });

describe("kubectl vault-k8s", () => {
  it("is what the help says, of the whole and of a command", () => {
    const { stdout } = run(plugin, "--help");
    expect(stdout).toContain("Usage: kubectl vault-k8s COMMAND [options]");
    expect(stdout).toContain("Start with:\n  kubectl vault-k8s bootstrap --cluster NAME --dry-run");
    expect(run(plugin, "operator", "init", "--help").stdout).toContain("Usage: kubectl vault-k8s operator init [options]");
  });

  it("is what an error says to type", () => {
    const { stderr, status } = run(plugin, "nonsense");
    expect(status).toBe(64);
    expect(stderr).toContain("kubectl vault-k8s --help lists the commands.");
    expect(stderr).toContain("more: kubectl vault-k8s explain VK1001");
    expect(stderr.replaceAll("kubectl vault-k8s", "")).not.toContain("vault-k8s");
  });

  it("is completed as kubectl asks for it, whose last line says whether files are offered too", () => {
    const complete = (...typed: string[]): string[] =>
      run(join(root, "bin/kubectl_complete-vault_k8s"), ...typed)
        .stdout.trimEnd()
        .split("\n");
    expect(complete("boot")).toEqual([expect.stringMatching(/^bootstrap\t\S/), ":4"]);
    expect(complete("status", "--cluster", "")).toEqual(["eks-prod\t", ":4"]);
    expect(complete("bootstrap", "--values", "")).toEqual([":0"]);
  });

  it("comes with the package under both names", () => {
    expect(bins).toEqual({
      "vault-k8s": "bin/vault-k8s",
      "kubectl-vault_k8s": "bin/vault-k8s",
      "kubectl_complete-vault_k8s": "bin/kubectl_complete-vault_k8s",
    });
  });
});

interface Manifest {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly version: string;
    readonly platforms: readonly { readonly uri: string; readonly sha256: string; readonly bin: string }[];
  };
}

describe("what packagers get", () => {
  const archive = join(home, `vault-k8s-${version}.tgz`);
  const out = join(home, "packaging");
  const sum = createHash("sha256").update("packed").digest("hex");
  const fill = (owner: string) => spawnSync("sh", [join(root, "packaging/fill.sh"), owner, archive, out], { encoding: "utf8" });

  beforeAll(() => {
    writeFileSync(archive, "packed");
    expect(fill("acme-1")).toMatchObject({ status: 0, stderr: "" });
  });

  it("is a krew manifest of this version, that names the packed file and its sum", () => {
    const { metadata, spec } = parse(read(join(out, "krew/vault-k8s.yaml"))) as Manifest;
    expect([metadata.name, spec.version]).toEqual(["vault-k8s", `v${version}`]);
    expect(spec.platforms).toEqual([
      expect.objectContaining({
        uri: `https://github.com/acme-1/vault-k8s/releases/download/v${version}/vault-k8s-${version}.tgz`,
        sha256: sum,
        bin: `package/${bins["kubectl-vault_k8s"]}`,
      }),
    ]);
  });

  it("is a Homebrew formula of the same", () => {
    const formula = read(join(out, "homebrew/vault-k8s.rb"));
    expect(formula).toContain(
      `url "https://github.com/acme-1/vault-k8s/releases/download/v${version}/vault-k8s-${version}.tgz"\n  sha256 "${sum}"`,
    );
    expect(formula).toContain('license "MPL-2.0"');
  });

  it("names this version wherever it names one, and whoever publishes it", () => {
    for (const file of ["krew/vault-k8s.yaml", "homebrew/vault-k8s.rb"]) {
      expect([...read(join(out, file)).matchAll(/\bv(\d+\.\d+\.\d+)\b/g)].filter(([, named]) => named !== version)).toEqual([]);
      expect(read(join(out, file))).not.toMatch(/OWNER|0{64}/);
    }
    expect(fill("acme/other")).toMatchObject({ status: 64 });
  });
});
