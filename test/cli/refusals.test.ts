import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { golden, home, transcript, vaultK8s } from "./product.ts";

const cluster = ["--cluster", "eks-prod"];

interface Refusal {
  readonly args: readonly string[];
  readonly exit: number;
  readonly code: string;
  readonly yaml?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

const refusals: Readonly<Record<string, Refusal>> = {
  "half-a-command": { args: ["operator"], exit: 64, code: "VK1001" },
  "unknown-command": { args: ["boostrap"], exit: 64, code: "VK1001" },
  "unknown-option": { args: ["bootstrap", "--clutser", "x"], exit: 64, code: "VK1001" },
  "unknown-option-of-the-command": { args: ["policy", "--kv-muont", "x"], exit: 64, code: "VK1001" },
  "too-many-arguments": { args: ["policy", "x"], exit: 64, code: "VK1001" },
  "missing-argument": { args: ["secret", "put", ...cluster], exit: 64, code: "VK1001" },
  "missing-value": { args: ["policy", "--cluster"], exit: 64, code: "VK1001" },
  "no-cluster": { args: ["policy"], exit: 64, code: "VK1001" },
  "no-cluster-but-the-file-knows-some": {
    args: ["policy"],
    exit: 64,
    code: "VK1001",
    yaml: "clusters:\n  eks-prod: {}\n  eks-staging: {}\n",
  },
  "vault-addr-alone": { args: ["bootstrap", ...cluster], env: { VAULT_ADDR: "https://vault.example.com:8200" }, exit: 64, code: "VK1005" },
  "two-vaults": {
    args: ["bootstrap", ...cluster, "--vault-addr", "https://vault.example.com", "--vault-context", "hub"],
    exit: 64,
    code: "VK1001",
  },
  "install-at-an-address": { args: ["install", ...cluster], yaml: "vault:\n  addr: https://vault.example.com\n", exit: 64, code: "VK1001" },
  "unseal-at-one-address": {
    args: ["operator", "unseal", ...cluster, "--vault-addr", "https://vault.example.com"],
    exit: 64,
    code: "VK1212",
  },
  "cluster-with-a-slash": { args: ["policy", "--cluster", "a/b"], exit: 65, code: "VK1004" },
  "cluster-that-climbs": { args: ["policy", "--cluster", "../x"], exit: 65, code: "VK1004" },
  "cluster-with-a-space": { args: ["policy", "--cluster", "eks prod"], exit: 65, code: "VK1004" },
  "typo-in-the-file": { args: ["install"], yaml: "cluster: eks-prod\nvault:\n  repliacs: 3\n", exit: 65, code: "VK1003" },
  "wrong-type-in-the-file": { args: ["install"], yaml: "cluster: eks-prod\nvault:\n  values: values.yaml\n", exit: 65, code: "VK1003" },
  "not-yaml": { args: ["install"], yaml: "cluster: eks-prod\nvault: [\n", exit: 65, code: "VK1003" },
  "no-such-file": { args: ["install", "-f", "nope.yaml"], exit: 65, code: "VK1003" },
  "wrong-choice": { args: ["store", ...cluster, "--store-kind", "ClusterSecretStor"], exit: 65, code: "VK1004" },
  "wrong-duration": { args: ["role", ...cluster, "--token-ttl", "soon"], exit: 65, code: "VK1004" },
  thresholds: { args: ["operator", "init", ...cluster, "--key-shares", "1"], exit: 65, code: "VK1004" },
  "no-kubeconfig": { args: ["policy", ...cluster], exit: 65, code: "VK1101" },
  "value-in-argv": { args: ["secret", "put", "db", ...cluster, "password=hunter2"], exit: 64, code: "VK1001" },
  "password-in-an-address": { args: ["policy", ...cluster], env: { VAULT_ADDR: "https://me:hunter2@vault" }, exit: 65, code: "VK1004" },
  "nobody-to-ask": { args: ["secret", "put", "db", ...cluster], exit: 64, code: "VK1007" },
  "nobody-to-ask-for-a-key": { args: ["secret", "put", "db", "password", ...cluster], exit: 64, code: "VK1007" },
  "secret-path": { args: ["secret", "put", "/db", ...cluster, "-"], input: "a=b", exit: 65, code: "VK1004" },
  "no-values-on-stdin": { args: ["secret", "put", "db", ...cluster, "-"], input: "\n", exit: 65, code: "VK1009" },
  "broken-json-on-stdin": { args: ["secret", "put", "db", ...cluster, "-"], input: '{"password": "hunter2"', exit: 65, code: "VK1009" },
  "broken-line-on-stdin": { args: ["secret", "put", "db", ...cluster, "-"], input: "user=a\nhunter2\n", exit: 65, code: "VK1009" },
};

describe("bad input: a sentence, a code, an exit code, and nothing else", () => {
  it.each(Object.entries(refusals))("%s", async (name, { args, exit, code, yaml, env = {}, input = "" }) => {
    const cwd = join(home, name);
    await mkdir(cwd);
    if (yaml !== undefined) await writeFile(join(cwd, "vault-k8s.yaml"), yaml);
    const run = await vaultK8s(args, { cwd, env, input });
    expect(run.exitCode, run.stderr).toBe(exit);
    expect(run.stderr).toContain(code);
    expect(run.stderr).not.toMatch(/\n\s+at /);
    expect(run.stdout).toBe("");
    if (!args.includes("password=hunter2")) expect(run.stderr).not.toContain("hunter2");
    golden(`refusals/${name}.txt`, transcript(args, run).replaceAll(home, "HOME"));
  });
});

describe("bad input with -o json", () => {
  it("is one document on standard output, and words on standard error", async () => {
    const args = ["policy", "--cluster", "a/b", "-o", "json"];
    const run = await vaultK8s(args);
    expect(run.exitCode).toBe(65);
    expect(JSON.parse(run.stdout)).toMatchObject({ apiVersion: "vault-k8s.io/v1", kind: "Error", code: "VK1004", exitCode: 65 });
    golden("refusals/json.txt", transcript(args, run));
  });

  it.each([["--output=json"], ["-ojson"], ["--output", "json"]])("is asked for by %s %s too", async (...words) => {
    expect(JSON.parse((await vaultK8s(["boostrap", ...words])).stdout)).toMatchObject({ kind: "Error", code: "VK1001" });
  });
});
