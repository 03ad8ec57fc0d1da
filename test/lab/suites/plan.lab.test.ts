import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Search } from "../../contract/canaries.ts";
import type { ClusterName } from "../api.ts";
import { kubectlJson, theLab, vaultK8s, type Ran } from "../testing/product.ts";
import { keptToken, keyFile, vaultCli } from "../testing/vault.ts";
import { auditSettled, kubeWritesSince, vaultWritesSince } from "../testing/writes.ts";

// An empty lab. Every plan here is counted at the servers: it may send no write.
const lab = theLab();
const search = new Search();
const canary = "c4n4ry-of-a-plan-5d1e07";
const secretSet = ["--set", `server.extraEnvironmentVars.DB_PASSWORD=${canary}`];
const file = (name: string): string => join(lab.work, name);
let person = "";
let audited: readonly ClusterName[] = [];
let counted = 0;

interface Counts {
  readonly create: number;
  readonly update: number;
  readonly pending: number;
}

/** Runs a command; no server may have been sent a write since it began. */
async function writesNothing(cluster: ClusterName, args: readonly string[]): Promise<Ran> {
  const since = new Date();
  const ran = await vaultK8s(lab, args);
  await auditSettled(lab, cluster);
  expect(await kubeWritesSince(lab, cluster, person, since), args.join(" ")).toEqual([]);
  if (audited.includes(cluster)) expect(await vaultWritesSince(lab, cluster, since), args.join(" ")).toEqual([]);
  search.through(args.join(" "), ran.stdout + ran.stderr);
  counted += 1;
  return ran;
}

/** What a plan of a single step, or of all, would do. */
async function work(cluster: ClusterName, args: readonly string[]): Promise<number> {
  const { exitCode, stdout, stderr } = await writesNothing(cluster, [...args, "--cluster", cluster, "-o", "json"]);
  expect(exitCode, stderr).toBe(0);
  const { counts } = JSON.parse(stdout) as { counts: Counts };
  return counts.create + counts.update + counts.pending;
}

async function audit(cluster: ClusterName): Promise<void> {
  const { exitCode, stderr } = await vaultCli(lab, cluster, ["audit", "enable", "file", "file_path=stdout"]);
  expect(exitCode, stderr).toBe(0);
  audited = [...audited, cluster];
}

/** Secrets of a wired cluster, which no later plan may say. */
async function lookForSecretsOf(cluster: ClusterName): Promise<void> {
  const keys = await keyFile(lab, cluster);
  search.lookFor([keys.root_token, ...keys.unseal_keys_b64, (await keptToken(lab, cluster)) ?? ""]);
}

async function plan(name: string, ...args: string[]): Promise<Ran> {
  const ran = await writesNothing("eks-prod", ["plan", "--cluster", "eks-prod", "--detailed-exitcode", "--out", file(name), ...args]);
  search.through(name, await readFile(file(name)));
  return ran;
}

const role = "auth/k8s-eks-prod/role/external-secrets";

beforeAll(async () => {
  const me = await kubectlJson<{ status: { userInfo: { username: string } } }>(lab, "eks-prod", ["auth", "whoami"]);
  person = me.status.userInfo.username;
  search.lookFor([canary]);
});
afterAll(() => {
  expect(search.leaks).toEqual([]);
  console.log(`${counted} commands sent no write, counted at the servers; ${search.summary()}`);
});

describe("a plan of all, on an empty cluster", () => {
  it("ends with 2, and is kept in a file of its owner", async () => {
    const { exitCode, stdout, stderr } = await plan("all.json", "--secret", "demo", ...secretSet);
    expect(exitCode, stderr).toBe(2);
    expect(stdout).toMatch(/Plan: \d+ to create, 0 to update, \d+ known later/);
    expect((await stat(file("all.json"))).mode & 0o777).toBe(0o600);
  });

  it("is applied as it is, once the value that it does not hold is given again", async () => {
    const without = await writesNothing("eks-prod", ["apply", file("all.json")]);
    expect([without.exitCode, without.stderr]).toEqual([64, expect.stringContaining("VK1007") as string]);
    const { exitCode, stderr } = await vaultK8s(lab, ["apply", file("all.json"), ...secretSet]);
    expect(exitCode, stderr).toBe(0);
    await lookForSecretsOf("eks-prod");
    await audit("eks-prod");
  });

  it("is empty afterwards, and ends with 0", async () => {
    const { exitCode, stdout, stderr } = await plan("nothing.json", "--secret", "demo", ...secretSet);
    expect(exitCode, stdout + stderr).toBe(0);
    expect(stdout).toContain("Plan: 0 to create, 0 to update, 0 known later");
    expect(await work("eks-prod", ["bootstrap", "--dry-run", "--secret", "demo", ...secretSet])).toBe(0);
  });
});

describe("a plan whose world has moved", () => {
  const changes = [...secretSet, "--token-ttl", "2h", "--policy-name", "k8s-eks-prod-readers"];

  it("is refused with what differs, and nothing is written", async () => {
    expect((await plan("moved.json", ...changes)).exitCode).toBe(2);
    expect((await vaultCli(lab, "eks-prod", ["write", role, "token_max_ttl=100000"])).exitCode).toBe(0);
    const { exitCode, stderr } = await writesNothing("eks-prod", ["apply", file("moved.json"), ...secretSet]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("VK1402");
    expect(stderr).toContain("token_max_ttl");
  });

  it("is made again, and applied: what somebody else did is part of it", async () => {
    expect((await plan("again.json", ...changes)).exitCode).toBe(2);
    const apply = await vaultK8s(lab, ["apply", file("again.json"), ...secretSet]);
    expect(apply.exitCode, apply.stderr).toBe(0);
    expect((await plan("done.json", ...changes)).exitCode).toBe(0);
  });
});

const steps: readonly (readonly string[])[] = [
  ["install"],
  ["operator", "init"],
  ["operator", "unseal"],
  ["external-secrets"],
  ["reviewer"],
  ["kv"],
  ["policy"],
  ["auth"],
  ["role"],
  ["store"],
  ["secret", "--secret", "demo"],
  ["operator", "retire-root"],
];

describe("the plan of each step", () => {
  it.each(steps.map((step) => [step.join(" "), step] as const))(
    "%s: says what there is to do, and nothing once it is done",
    async (_, step) => {
      expect(await work("eks-staging", [...step, "--dry-run"])).toBeGreaterThan(0);
      const { exitCode, stderr } = await vaultK8s(lab, [...step, "--cluster", "eks-staging"]);
      expect(exitCode, stderr).toBe(0);
      if (step.includes("init")) await lookForSecretsOf("eks-staging");
      if (step.includes("unseal")) await audit("eks-staging");
      expect(await work("eks-staging", [...step, "--dry-run"])).toBe(0);
    },
  );
});
