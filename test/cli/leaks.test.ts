import { chmod, mkdir, readFile, readdir, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { Search } from "../contract/canaries.ts";
import { planted, Scene } from "../contract/scene.ts";
import { Authority } from "../fakes/tls/certificates.ts";
import { vaultK8s, type Ran, type RunOptions } from "./product.ts";

// The built command as a process: what it leaves in files, in the arguments and environments of its children, and in node's own reports.
const search = new Search();
const vaultToken = "hvs.canary-of-the-environment-3c7d19f0a4e852b6";
const key = new Authority("people").issue(["operator"]);
const keyBody = key.key.split("\n")[1]!;

let scene: Scene;
const at = (...names: string[]): string => join(scene.folder, ...names);

beforeAll(async () => {
  scene = await Scene.open();
  scene.helm.timeoutMs = 30_000;
  for (const name of ["tmp", "cache", "reports"]) await mkdir(at(name));
  await credentialsFromPlugin();
});
afterAll(async () => {
  await scene.close();
  console.log(search.summary());
});

/** The kubeconfig gets a client key, and a plugin that gives the token and writes down how it was called. */
async function credentialsFromPlugin(): Promise<void> {
  const plugin = at("plugin");
  const credential = JSON.stringify({
    status: { token: planted.kubeconfigToken, clientCertificateData: key.cert, clientKeyData: key.key },
  });
  await writeFile(at("credential"), credential, { mode: 0o600 });
  await writeFile(
    plugin,
    `#!/bin/sh\n{ tr '\\0' ' ' < /proc/$$/cmdline; cat /proc/$$/environ | tr '\\0' '\\n'; } >> ${at("plugin-calls")}\ncat ${at("credential")}\n`,
  );
  await chmod(plugin, 0o755);
  const config = parse(await readFile(at("kubeconfig"), "utf8")) as { users: { name: string; user: object }[] };
  config.users = [
    { name: "operator", user: { exec: { apiVersion: "client.authentication.k8s.io/v1", command: plugin, interactiveMode: "Never" } } },
  ];
  await writeFile(at("kubeconfig-exec"), stringify(config), { mode: 0o600 });
}

interface How extends RunOptions {
  /** Which kubeconfig; helm's stand-in knows no plugins. */
  readonly kubeconfig?: "kubeconfig" | "kubeconfig-exec";
}

async function run(args: readonly string[], { kubeconfig = "kubeconfig", ...options }: How = {}): Promise<Ran> {
  const env = {
    HOME: at("home"),
    TMPDIR: at("tmp"),
    XDG_CACHE_HOME: at("cache"),
    WRITTEN_PATHS: at("written"),
    VAULT_K8S_HELM: scene.helm.program,
  };
  const ran = await vaultK8s([...args, "--cluster", "eks-prod", "--kubeconfig", at(kubeconfig)], {
    cwd: scene.folder,
    ...options,
    env: { ...env, ...options.env },
    node: ["--require", join(import.meta.dirname, "record-writes.cjs"), ...(options.node ?? [])],
  });
  search.lookFor([...scene.secrets(), vaultToken, keyBody]);
  search.through(`${args.join(" ")}, standard output`, ran.stdout);
  search.through(`${args.join(" ")}, standard error`, ran.stderr);
  return ran;
}

test("a whole run leaves secrets in no child, no temporary file and no cache", async () => {
  await writeFile(at("written"), "");
  const wired = await run(["bootstrap", "--secret", "db", "-v"], { env: { VAULT_TOKEN_OF_SOMEBODY: vaultToken } });
  expect(wired.exitCode, wired.stderr).toBe(0);
  const withPlugin = await run(["policy", "-v"], { kubeconfig: "kubeconfig-exec", env: { BAO_TOKEN_OF_SOMEBODY: vaultToken } });
  expect(withPlugin.exitCode, withPlugin.stderr).toBe(0);
  await run(["secret", "put", "db", "-"], { input: `password=${planted.password}\n` });
  const refused = await run(["policy", "-v"], { kubeconfig: "kubeconfig-exec", env: { VAULT_TOKEN: vaultToken } });
  expect(refused.exitCode).toBe(77);

  const calls = await readFile(at("plugin-calls"), "utf8");
  expect(calls).toContain("KUBERNETES_EXEC_INFO=");
  search.through("arguments and environment of the exec plugin", calls);
  for (const [index, call] of scene.helm.calls.entries()) search.through(`arguments of helm ${index}`, call.join("\n"));
  for (const [index, env] of scene.helm.environments.entries()) search.through(`environment of helm ${index}`, env);
  expect(scene.helm.calls.length).toBeGreaterThan(1);
  expect(search.leaks).toEqual([]);
});

test("what was written is what was promised: the keys, in a folder of the user's own, and the cache", async () => {
  const data = at("home/.local/share/vault-k8s/eks-prod");
  const written = new Set((await readFile(at("written"), "utf8")).trim().split("\n"));
  const nowhere = ["/dev/null", "/proc/self/coredump_filter"];
  const allowed = (path: string): boolean =>
    path.startsWith(`${data}/`) || path.startsWith(at("cache/vault-k8s")) || nowhere.includes(path);
  expect([...written].filter((path) => !allowed(path) && !/^\d+$/.test(path))).toEqual([]);
  expect([...written].some((path) => path.startsWith(data))).toBe(true);
  expect(await readdir(at("tmp"))).toEqual([]);
  expect(await modes(data)).toEqual({ "": 0o700, "init.json": 0o600, "origin.json": 0o600, "token.json": 0o600 });
});

test("no file holds a secret but the key file, the kept token and what the user gave", async () => {
  const given = [
    "kubeconfig",
    "kubeconfig-exec",
    "credential",
    "home/.local/share/vault-k8s/eks-prod/init.json",
    "home/.local/share/vault-k8s/eks-prod/token.json",
  ];
  for (const entry of await readdir(scene.folder, { recursive: true, withFileTypes: true })) {
    const name = relative(scene.folder, join(entry.parentPath, entry.name));
    if (entry.isFile() && !given.includes(name)) search.through(`file ${name}`, await readFile(join(scene.folder, name)));
  }
  expect(search.leaks).toEqual([]);
  expect((await stat(at("cache/vault-k8s"))).mode & 0o777).toBe(0o700);
  expect((await readdir(at("cache/vault-k8s"), { recursive: true })).length).toBeGreaterThan(1);
});

test("a bug shows its stack, and a report that node was asked for has no environment", async () => {
  const bug = at("bug.cjs");
  await writeFile(
    bug,
    `AbortSignal.any = () => { throw new TypeError("planted"); };\nprocess.on("exit", () => process.report.writeReport());\n`,
  );
  const ran = await run(["policy", "-v"], {
    env: { VAULT_TOKEN: vaultToken },
    node: ["--require", bug, `--report-dir=${at("reports")}`, "--report-on-fatalerror"],
  });
  expect(ran.stderr).toMatch(/A bug in vault-k8s: planted[^]*\n\s+at /);
  const reports = await readdir(at("reports"));
  expect(reports).toHaveLength(1);
  const report = await readFile(at("reports", reports[0]!), "utf8");
  search.through("a diagnostic report", report);
  expect(JSON.parse(report)).not.toHaveProperty("environmentVariables");
  expect(search.leaks).toEqual([]);
});

test("a core dump holds no memory", async () => {
  const dumps = at("dumps");
  await mkdir(dumps);
  const die = at("die.cjs");
  const filter = `require("node:fs").readFileSync("/proc/self/coredump_filter", "utf8")`;
  await writeFile(die, `process.on("exit", () => { console.log("filter", ${filter}); process.abort(); });\n`);
  // A machine that forbids core dumps, or hands them to a program, writes no file here: the filter is what the kernel goes by.
  const ran = await run(["policy"], {
    program: ["sh", "-c", 'ulimit -c unlimited 2>/dev/null; exec "$0" "$@"'],
    cwd: dumps,
    env: { VAULT_TOKEN: vaultToken },
    node: ["--require", die],
  });
  expect(ran.stdout).toContain("filter 00000000\n");
  for (const name of await readdir(dumps)) search.through(`core dump ${name}`, await readFile(join(dumps, name)));
  expect(search.leaks).toEqual([]);
});

/** The modes of a folder and what is in it. */
async function modes(folder: string): Promise<Record<string, number>> {
  const names = ["", ...(await readdir(folder))];
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, (await stat(join(folder, name))).mode & 0o777] as const)));
}
