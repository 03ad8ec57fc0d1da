import { mkdir, readFile, readdir, stat, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { planted } from "../contract/scene.ts";
import { vaultK8s, type Ran, type RunOptions } from "./product.ts";
import { modes, Traces } from "./traces.ts";

// The built command as a process: what it leaves in files, in the arguments and environments of its children, and in node's own reports.
let traces: Traces;
beforeAll(async () => {
  traces = await Traces.open();
});
afterAll(() => traces.close());

interface How extends RunOptions {
  readonly kubeconfig?: "kubeconfig" | "kubeconfig-exec";
}

async function run(args: readonly string[], { kubeconfig = "kubeconfig", ...options }: How = {}): Promise<Ran> {
  const ran = await vaultK8s([...args, "--cluster", "eks-prod", "--kubeconfig", traces.at(kubeconfig)], {
    cwd: traces.scene.folder,
    ...options,
    env: { ...traces.env, ...options.env },
    node: [...traces.node, ...(options.node ?? [])],
  });
  traces.said(args.join(" "), { "standard output": ran.stdout, "standard error": ran.stderr });
  return ran;
}

test("a whole run leaves secrets in no child, no temporary file and no cache", async () => {
  const { vaultToken } = traces;
  const wired = await run(["bootstrap", "--secret", "db", "-v"], { env: { VAULT_TOKEN_OF_SOMEBODY: vaultToken } });
  expect(wired.exitCode, wired.stderr).toBe(0);
  const withPlugin = await run(["policy", "-v"], { kubeconfig: "kubeconfig-exec", env: { BAO_TOKEN_OF_SOMEBODY: vaultToken } });
  expect(withPlugin.exitCode, withPlugin.stderr).toBe(0);
  await run(["secret", "put", "db", "-"], { input: `password=${planted.password}\n` });
  const refused = await run(["policy", "-v"], { kubeconfig: "kubeconfig-exec", env: { VAULT_TOKEN: vaultToken } });
  expect(refused.exitCode).toBe(77);

  const calls = await traces.children();
  expect(calls.plugin).toBeGreaterThan(1);
  expect(calls.helm).toBeGreaterThan(1);
  expect(traces.search.leaks).toEqual([]);
});

test("what was written is what was promised: the keys, in a folder of the user's own, and the cache", async () => {
  const data = traces.at("home/.local/share/vault-k8s/eks-prod");
  expect(await traces.writtenOutside(data)).toEqual([]);
  expect(await traces.writtenOutside()).not.toEqual([]);
  expect(await readdir(traces.at("tmp"))).toEqual([]);
  expect(await modes(data)).toEqual({ "": 0o700, "init.json": 0o600, "init.json.origin": 0o600, "init.json.token": 0o600 });
});

test("no file holds a secret but the key file, the kept token and what the user gave", async () => {
  await traces.files();
  expect(traces.search.leaks).toEqual([]);
  expect((await stat(traces.at("cache/vault-k8s"))).mode & 0o777).toBe(0o700);
  expect((await readdir(traces.at("cache/vault-k8s"), { recursive: true })).length).toBeGreaterThan(1);
});

test("a bug shows its stack, and a report that node was asked for has no environment", async () => {
  const bug = traces.at("bug.cjs");
  await mkdir(traces.at("reports"));
  await writeFile(
    bug,
    `AbortSignal.any = () => { throw new TypeError("planted"); };\nprocess.on("exit", () => process.report.writeReport());\n`,
  );
  const ran = await run(["policy", "-v"], {
    env: { VAULT_TOKEN: traces.vaultToken },
    node: ["--require", bug, `--report-dir=${traces.at("reports")}`, "--report-on-fatalerror"],
  });
  expect(ran.stderr).toMatch(/A bug in vault-k8s: planted[^]*\n\s+at /);
  const reports = await readdir(traces.at("reports"));
  expect(reports).toHaveLength(1);
  const report = await readFile(traces.at("reports", reports[0]!), "utf8");
  traces.search.through("a diagnostic report", report);
  expect(JSON.parse(report)).not.toHaveProperty("environmentVariables");
  expect(traces.search.leaks).toEqual([]);
});

test("a core dump holds no memory", async () => {
  const dumps = traces.at("dumps");
  await mkdir(dumps);
  const die = traces.at("die.cjs");
  const filter = `require("node:fs").readFileSync("/proc/self/coredump_filter", "utf8")`;
  await writeFile(die, `process.on("exit", () => { console.log("filter", ${filter}); process.abort(); });\n`);
  // A machine that forbids core dumps, or hands them to a program, writes no file here: the filter is what the kernel goes by.
  const ran = await run(["policy"], {
    program: ["sh", "-c", 'ulimit -c unlimited 2>/dev/null; exec "$0" "$@"'],
    cwd: dumps,
    env: { VAULT_TOKEN: traces.vaultToken },
    node: ["--require", die],
  });
  expect(ran.stdout).toContain("filter 00000000\n");
  for (const name of await readdir(dumps)) traces.search.through(`core dump ${name}`, await readFile(traces.at("dumps", name)));
  expect(traces.search.leaks).toEqual([]);
});
