import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { Scene } from "../contract/scene.ts";
import { isWrite } from "../contract/writes.ts";
import { onFakes, steady } from "./on-fakes.ts";
import { golden, type Ran } from "./product.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
  scene.helm.timeoutMs = 30_000;
});
afterAll(() => scene.close());

const password = "canary-of-an-export-3c8e51";
const flags = ["--cluster", "eks-prod", "--secret", "db"];
const secretSet = ["--set", `server.extraEnvironmentVars.DB_PASSWORD=${password}`];

async function exported(...args: string[]): Promise<Ran> {
  const mark = scene.line.journal.length;
  const run = await onFakes(scene, ["export", ...flags, ...args]);
  expect(scene.line.asked(mark).filter(({ method, path }) => isWrite(method, path))).toEqual([]);
  return run;
}

async function filesOf(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return new Map(await Promise.all(names.sort().map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const)));
}

/** Fields of objects as their published schemas have them; `*` stands for anything below. */
const published: Readonly<Record<string, readonly string[]>> = {
  // https://argo-cd.readthedocs.io/en/stable/user-guide/application-specification/
  "argoproj.io/v1alpha1 Application": [
    "spec.project",
    "spec.destination.server",
    "spec.destination.namespace",
    "spec.source.repoURL",
    "spec.source.chart",
    "spec.source.targetRevision",
    "spec.source.helm.releaseName",
    "spec.source.helm.valuesObject.*",
    "spec.syncPolicy.automated.selfHeal",
    "spec.syncPolicy.syncOptions.[]",
  ],
  // https://fluxcd.io/flux/components/helm/api/v2/
  "helm.toolkit.fluxcd.io/v2 HelmRelease": [
    "spec.interval",
    "spec.releaseName",
    "spec.chart.spec.chart",
    "spec.chart.spec.version",
    "spec.chart.spec.sourceRef.kind",
    "spec.chart.spec.sourceRef.name",
    "spec.install.disableWait",
    "spec.upgrade.disableWait",
    "spec.values.*",
    "spec.valuesFrom.[].kind",
    "spec.valuesFrom.[].name",
    "spec.valuesFrom.[].valuesKey",
    "spec.valuesFrom.[].targetPath",
  ],
  // https://fluxcd.io/flux/components/source/api/v1/
  "source.toolkit.fluxcd.io/v1 HelmRepository": ["spec.interval", "spec.url", "spec.type"],
  // https://fluxcd.io/flux/components/kustomize/api/v1/
  "kustomize.toolkit.fluxcd.io/v1 Kustomization": [
    "spec.interval",
    "spec.path",
    "spec.prune",
    "spec.wait",
    "spec.sourceRef.kind",
    "spec.sourceRef.name",
    "spec.dependsOn.[].name",
  ],
};

const common = ["apiVersion", "kind", "metadata.name", "metadata.namespace", "metadata.labels.*", "metadata.annotations.*"];

function paths(value: unknown, at = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => paths(item, `${at}.[]`));
  if (typeof value !== "object" || value === null) return [at];
  const entries = Object.entries(value);
  return entries.flatMap(([key, inner]) => paths(inner, at === "" ? key : `${at}.${key}`));
}

const allows = (patterns: readonly string[], path: string): boolean =>
  patterns.some((pattern) => (pattern.endsWith(".*") ? path.startsWith(pattern.slice(0, -1)) : pattern === path));

describe.each(["yaml", "kustomize", "argocd", "flux"])("export --format %s", (format) => {
  it("writes files that hold no secret value, and writes nothing to any server", async () => {
    const run = await exported("--format", format, "--out", `out-${format}`, ...secretSet);
    expect(run.exitCode, run.stderr).toBe(0);
    const files = await filesOf(join(scene.folder, `out-${format}`));
    const all = [...files].map(([name, text]) => `## ${name}\n${text}`).join("\n");
    expect(all + run.stdout + run.stderr).not.toContain(password);
    for (const secret of scene.secrets().filter((each) => each.length > 8)) expect(all).not.toContain(secret);
    expect(files.get("README.md")).toContain("server.extraEnvironmentVars.DB_PASSWORD");
    const shown = [...files].filter(([name]) => !name.startsWith(".")).map(([name, text]) => `## ${name}\n${text}`);
    golden(`export/${format}.txt`, steady(scene, shown.join("\n")).replace(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----(\\n)?/g, "PEM"));
  });

  it("has only fields that the published schemas have", async () => {
    const files = await filesOf(join(scene.folder, `out-${format}`));
    let checked = 0;
    for (const [name, text] of files) {
      if (!name.endsWith(".yaml")) continue;
      const object = parse(text) as { apiVersion?: string; kind?: string };
      const fields = published[`${object.apiVersion} ${object.kind}`];
      if (fields === undefined) continue;
      expect(
        paths(object).filter((path) => !allows([...common, ...fields], path)),
        name,
      ).toEqual([]);
      checked += 1;
    }
    expect(checked).toBe({ yaml: 0, kustomize: 0, argocd: 2, flux: 7 }[format]);
  });
});

describe("an export for kubernetes-external-secrets", () => {
  it("has Vault's CA as the Secret that the operator mounts, which is no secret", async () => {
    await writeFile(join(scene.folder, "ca.crt"), scene.prod.authority.ca);
    const vault = ["--ca-cert", "ca.crt", "--consumer-vault-addr", "https://vault.example.com"];
    const run = await exported("--operator", "kes", ...vault, "--format", "yaml", "--out", "kes");
    expect(run.exitCode, run.stderr).toBe(0);
    const files = await filesOf(join(scene.folder, "kes"));
    const secret = parse(files.get("kubernetes/base/2-secret-external-secrets-vault-ca.yaml") ?? "") as { data: Record<string, string> };
    expect(Buffer.from(secret.data["ca.crt"] ?? "", "base64").toString()).toBe(scene.prod.authority.ca);
    expect(parse(files.get("helm/kubernetes-external-secrets.values.yaml") ?? "")).toMatchObject({
      filesFromSecret: { "vault-ca": { secret: "vault-ca", mountPath: "/etc/vault-ca" } },
    });
    expect(files.get("README.md")).not.toContain("were left out");
  });
});

describe("an export that is made again", () => {
  const again = ["--format", "yaml", "--out", "again"];

  it("replaces what it wrote, and takes away what is no longer part of it", async () => {
    expect((await exported(...again)).exitCode).toBe(0);
    const before = await filesOf(join(scene.folder, "again"));
    const run = await onFakes(scene, ["export", "--cluster", "eks-prod", ...again]);
    expect(run.exitCode, run.stderr).toBe(0);
    const after = await filesOf(join(scene.folder, "again"));
    expect([...before.keys()].filter((name) => !after.has(name))).toEqual(["kubernetes/external-secrets/2-externalsecret-default-db.yaml"]);
  });

  it("overwrites nothing that it did not write, or that was changed since, and then writes nothing", async () => {
    await writeFile(join(scene.folder, "again/vault/role.json"), "{}\n");
    const before = await filesOf(join(scene.folder, "again"));
    const run = await exported(...again);
    expect([run.exitCode, run.stderr]).toEqual([1, expect.stringContaining("VK1410")]);
    expect(run.stderr).toContain("vault/role.json");
    expect(await filesOf(join(scene.folder, "again"))).toEqual(before);
    await mkdir(join(scene.folder, "mine"));
    await writeFile(join(scene.folder, "mine/README.md"), "# Mine\n");
    const mine = await exported("--out", "mine");
    expect([mine.exitCode, mine.stderr]).toEqual([1, expect.stringContaining("README.md")]);
    await rm(join(scene.folder, "mine"), { recursive: true });
  });
});

describe("an export to standard output", () => {
  it("is a stream of manifests, or a document", async () => {
    const stream = await exported();
    expect(stream.exitCode, stream.stderr).toBe(0);
    const kinds = stream.stdout
      .split(/^---$/m)
      .slice(1)
      .map((text) => (parse(text) as { kind: string }).kind);
    expect(kinds).toEqual(expect.arrayContaining(["Namespace", "ServiceAccount", "Secret", "ClusterRoleBinding", "ClusterSecretStore"]));
    const json = JSON.parse((await exported("-o", "json")).stdout) as { kind: string; files: { path: string }[] };
    expect(json.kind).toBe("Export");
    expect(json.files.map(({ path }) => path)).toContain("vault/role.json");
  });

  it.each([
    ["an unknown format", ["--format", "kustomise"], "Did you mean kustomize?"],
    ["a chart that no controller reaches", ["--format", "flux", "--chart", "./vault"], "cannot reach the chart"],
  ])("refuses %s", async (_, args, words) => {
    const run = await exported(...args);
    expect([run.exitCode, run.stderr]).toEqual([65, expect.stringContaining(words)]);
  });
});

describe("the lines for Vault in the README", () => {
  const jwt = "canary-of-a-reviewer-9b1f";
  /** Runs the last block with stand-ins for kubectl and vault; `vault` keeps what it is given as token. */
  async function run(stubs: Readonly<Record<"kubectl" | "vault", string>>) {
    const place = await mkdtemp(join(scene.folder, "readme-"));
    const [folder, bin, temporary] = [join(place, "out"), join(place, "bin"), join(place, "tmp")];
    const written = await exported("--format", "yaml", "--out", folder);
    expect(written.exitCode, written.stderr).toBe(0);
    for (const made of [bin, temporary]) await mkdir(made);
    for (const [name, lines] of Object.entries(stubs)) await writeFile(join(bin, name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
    const before = await filesOf(folder);
    const text = before.get("README.md") ?? "";
    const lines = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].at(-1)?.[1] ?? "";
    const env = { PATH: `${bin}:${process.env["PATH"]}`, TMPDIR: temporary, KEPT: join(place, "kept") };
    const { status } = spawnSync("sh", ["-c", lines], { cwd: folder, env });
    expect(await filesOf(folder)).toEqual(before);
    expect(await readdir(temporary)).toEqual([]);
    return { status, kept: await readFile(env.KEPT, "utf8").catch(() => "") };
  }
  const kubectl = `printf %s ${Buffer.from(jwt).toString("base64")}`;
  const token = 'for one; do case "$one" in token_reviewer_jwt=@*) cat "${one#*@}" >> "$KEPT" ;; esac; done';

  it("bring the reviewer's token to Vault, and leave it nowhere", async () => {
    expect(await run({ kubectl, vault: token })).toEqual({ status: 0, kept: jwt });
  });

  it("leave it nowhere where a line fails, and end there", async () => {
    expect((await run({ kubectl, vault: `${token}; case "$*" in *token_reviewer_jwt*) exit 3 ;; esac` })).status).toBe(3);
  });

  it("give Vault no empty token where the Secret cannot be read", async () => {
    const { status, kept } = await run({
      kubectl: "exit 1",
      vault: `${token}; case "$*" in *token_reviewer_jwt*) echo asked >> "$KEPT" ;; esac`,
    });
    expect([status, kept]).toEqual([1, ""]);
  });
});
