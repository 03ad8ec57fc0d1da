import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fieldNames, table } from "../../src/config/keys.ts";
import { home, vaultK8s } from "./product.ts";

interface Shown {
  readonly flag: string;
  readonly value: unknown;
  readonly origin: string;
}

const canary = "canary-config-view-4be19c07";
const settings = async (args: readonly string[], env: Record<string, string> = {}): Promise<Shown[]> => {
  const run = await vaultK8s(["config", "view", "-o", "json", ...args], { env });
  expect(run.exitCode, run.stderr).toBe(0);
  expect(run.stdout).not.toContain(canary);
  return (JSON.parse(run.stdout) as { settings: Shown[] }).settings;
};
const one = (all: readonly Shown[], flag: string): Shown | undefined => all.find((each) => each.flag === flag);

describe("config view", () => {
  it("shows every setting with the place that decides", async () => {
    await writeFile(join(home, "vault-k8s.yaml"), "vault:\n  replicas: 5\nclusters:\n  a:\n    namespace: shop\n");
    const all = await settings(["--cluster", "a", "--kv-mount", "team"], { VAULT_ADDR: "https://vault.example.com" });
    expect(all.map(({ flag }) => flag)).toEqual(fieldNames.map((name) => `--${table[name].flag}`));
    expect(one(all, "--replicas")).toMatchObject({ value: 5, origin: "vault-k8s.yaml:2:13" });
    expect(one(all, "--namespace")).toMatchObject({ value: "shop", origin: "vault-k8s.yaml:5:16" });
    expect(one(all, "--kv-mount")).toMatchObject({ value: "team", origin: "flag --kv-mount" });
    expect(one(all, "--vault-addr")).toMatchObject({ value: "https://vault.example.com", origin: "env VAULT_ADDR" });
    expect(one(all, "--auth-mount")).toMatchObject({ value: "k8s-a", origin: "default" });
    expect(one(all, "--storage-class")).toMatchObject({ value: null, origin: "unset" });
  });

  it.each([
    ["--set", `server.extraEnvironmentVars.DB_PASSWORD=${canary}`],
    ["--operator-set", `auth.token=${canary}`],
    ["--keys-command", `store --token ${canary}`],
    ["--keys-command", `API_KEY=${canary} store`],
    ["--kubernetes-host", `https://user:${canary}@api.example.com`],
  ])("hides what looks like a secret in %s", async (flag, value) => {
    const all = await settings([flag, value]);
    expect(JSON.stringify(one(all, flag)?.value)).toContain("[hidden]");
    expect((await vaultK8s(["config", "view", flag, value])).stdout).not.toContain(canary);
  });

  it("names the variable of the token, never the token", async () => {
    const run = await vaultK8s(["config", "view"], { env: { VAULT_TOKEN: canary } });
    expect(run.stdout).toMatch(/\(the Vault token\) +\[hidden\] +env VAULT_TOKEN\n$/);
    expect(run.stdout + run.stderr).not.toContain(canary);
  });

  it("of a file that is wrong says where", async () => {
    await writeFile(join(home, "wrong.yaml"), "vault:\n  adr: x\n");
    const run = await vaultK8s(["config", "view", "-f", "wrong.yaml"]);
    expect([run.exitCode, run.stderr]).toEqual([65, expect.stringContaining("wrong.yaml:2:3") as string]);
  });
});

describe("schema", () => {
  it("is printed as it is published", async () => {
    const { stdout } = await vaultK8s(["schema"]);
    expect(JSON.parse(stdout)).toMatchObject({ $id: "https://vault-k8s.io/schemas/config.json", additionalProperties: false });
  });
});

describe("config save", () => {
  it("writes what the command line says, names what it leaves out, and the next command needs no flags", async () => {
    const cwd = join(home, "save");
    await mkdir(cwd);
    const args = ["config", "save", "--cluster", "a", "--kv-mount", "team", "--tls-renew", "--set", `x.password=${canary}`];
    const dry = await vaultK8s([...args, "--dry-run"], { cwd });
    expect(dry.exitCode, dry.stderr).toBe(0);
    expect(await readdir(cwd)).toEqual([]);
    const run = await vaultK8s(args, { cwd });
    expect(run).toMatchObject({ exitCode: 0, stdout: "" });
    expect(run.stderr).toContain("vault-k8s.yaml written: cluster, kv.mount\n");
    expect(run.stderr).toContain("--set x.password");
    expect(run.stderr).toContain("--tls-renew");
    expect(run.stderr).not.toContain(canary);
    expect(await readFile(join(cwd, "vault-k8s.yaml"), "utf8")).toBe(dry.stdout);
    const view = await vaultK8s(["config", "view"], { cwd });
    expect(view.stdout).toMatch(/--kv-mount +team +vault-k8s\.yaml/);
  });

  it("with nothing to save says so", async () => {
    expect(await vaultK8s(["config", "save", "-q"])).toMatchObject({ exitCode: 64, stdout: "" });
  });
});

describe("config compare", () => {
  const compare = async (name: string, base: string, head: string) => {
    const folder = join(home, name);
    await mkdir(folder);
    await writeFile(join(folder, "base.yaml"), base);
    await writeFile(join(folder, "head.yaml"), head);
    return await vaultK8s(["config", "compare", "base.yaml", "head.yaml"], { cwd: folder });
  };

  it("names what differs and ends with 2, and shows no secret, login or escape", async () => {
    const head = 'vault:\n  addr: https://me:hunter2@evil.example\n  set: ["server.password=hunter2", "a=\\e[31mb"]\n';
    expect(await compare("compare", "helm: h\nnamespace: a\n", head)).toEqual({
      exitCode: 2,
      stderr: "",
      stdout: ["vault.addr: - → https://…@evil.example", "vault.set: - → server.password=[hidden], a=b", "helm: h → -", ""].join("\n"),
    });
  });

  it("ends with 0 and says nothing where all that wants a review is the same", async () =>
    expect(await compare("compare-same", "helm: h\n", "namespace: b\nhelm: h\n")).toEqual({ exitCode: 0, stderr: "", stdout: "" }));

  it("refuses what is no configuration file, and one that is not there", async () => {
    expect((await compare("compare-bad", "", "helm: [h]\n")).exitCode).toBe(65);
    const missing = await vaultK8s(["config", "compare", "none.yaml", "/dev/null"]);
    expect([missing.exitCode, missing.stderr]).toEqual([65, expect.stringContaining("none.yaml") as string]);
  });
});
