import { stat } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { kubectl, kubectlJson, theLab, typed, vaultK8s } from "../testing/product.ts";
import { readmeLine } from "../testing/readme.ts";
import { keyFile, vaultAddress, vaultCli } from "../testing/vault.ts";
import { kubeWritesSince, vaultWritesSince } from "../testing/writes.ts";

const lab = theLab();
const canary = "c4n4ry-Pa55word-of-the-lab";
let person = "";

interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
    readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

const pods = (): Promise<PodList> =>
  kubectlJson<PodList>(lab, "eks-prod", ["get", "pods", "-n", "vault", "-l", "app.kubernetes.io/name=vault,component=server"]);
const readyPods = async (): Promise<number> =>
  (await pods()).items.filter((pod) => pod.status.conditions.some((condition) => condition.type === "Ready" && condition.status === "True"))
    .length;

beforeAll(async () => {
  const me = await kubectlJson<{ status: { userInfo: { username: string } } }>(lab, "eks-prod", ["auth", "whoami"]);
  person = me.status.userInfo.username;
});

describe("the main job, on a real cluster", () => {
  it("goes from nothing to a wired cluster with the README's line", async () => {
    const { exitCode, stdout, stderr } = await typed(lab, readmeLine("vault-k8s bootstrap --cluster eks-prod"));
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain("helm vault/vault created");
    expect(stderr).toContain("vault auth/k8s-eks-prod/config created");
    expect(stderr).toContain("vault root token updated");
    expect(stderr).toContain("ClusterSecretStore vault is Ready");
    expect(stdout).toContain(`export VAULT_ADDR=${await vaultAddress(lab, "eks-prod")}`);
    expect(stdout).toContain(`export VAULT_CACERT=${join(lab.data, "vault-k8s", "eks-prod", "ca.crt")}`);
    expect(stdout).toContain("vault status");
    await expect.poll(readyPods, { timeout: 30_000 }).toBe(3);
  });

  it("keeps the keys in a file that only its owner reads, and prints none of them", async () => {
    const file = join(lab.data, "vault-k8s", "eks-prod", "init.json");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(file, ".."))).mode & 0o777).toBe(0o700);
    expect((await keyFile(lab, "eks-prod")).unseal_keys_b64).toHaveLength(5);
  });

  it("the printed lines, typed, reach Vault over TLS that is verified", async () => {
    const again = await vaultK8s(lab, ["bootstrap", "--cluster", "eks-prod"]);
    const { exitCode, stdout, stderr } = await typed(lab, `${again.stdout}\nvault-k8s bootstrap --cluster eks-prod`);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/Sealed\s+false/);
    expect(stderr).toContain("Nothing to do");
    expect(again.stdout).toContain("export VAULT_ADDR=https://");
  });

  it("run again says unchanged everywhere and sends no write to Kubernetes or Vault", async () => {
    expect((await vaultCli(lab, "eks-prod", ["audit", "enable", "file", "file_path=stdout"])).exitCode).toBe(0);
    const since = new Date();
    const { exitCode, stdout, stderr } = await vaultK8s(lab, ["bootstrap", "--cluster", "eks-prod", "-o", "json"]);
    expect(exitCode, stderr).toBe(0);
    const run = JSON.parse(stdout) as { changed: number; steps: { resources: { id: string; result: string }[] }[] };
    const resources = run.steps.flatMap((step) => step.resources);
    expect(resources.length).toBeGreaterThan(12);
    expect(resources.filter((resource) => resource.result !== "unchanged")).toEqual([]);
    expect(await kubeWritesSince(lab, "eks-prod", person, since)).toEqual([]);
    expect(await vaultWritesSince(lab, "eks-prod", since)).toEqual([]);
  });

  it("a plan on a wired cluster writes nothing and finds nothing", async () => {
    const since = new Date();
    const { exitCode, stdout, stderr } = await vaultK8s(lab, ["bootstrap", "--cluster", "eks-prod", "--dry-run"]);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain("Plan: 0 to create, 0 to update, 0 known later");
    expect(await kubeWritesSince(lab, "eks-prod", person, since)).toEqual([]);
    expect(await vaultWritesSince(lab, "eks-prod", since)).toEqual([]);
  });

  it("says that the secret is missing: bootstrap ends with 0 and the line to type, verify with 2", async () => {
    const bootstrap = await vaultK8s(lab, ["bootstrap", "--cluster", "eks-prod", "--secret", "demo=team/demo"]);
    expect(bootstrap.exitCode, bootstrap.stderr).toBe(0);
    expect(bootstrap.stderr).toContain("Vault holds nothing at kv/k8s/eks-prod/team/demo yet (404)");
    expect(bootstrap.stderr + bootstrap.stdout).toContain("vault-k8s secret put team/demo");
    const verify = await vaultK8s(lab, ["verify", "--cluster", "eks-prod", "--secret", "demo=team/demo"]);
    expect(verify.exitCode, verify.stderr).toBe(2);
  });

  it("puts a secret, and the Kubernetes Secret becomes equal", async () => {
    const put = await vaultK8s(lab, ["secret", "put", "team/demo", "--cluster", "eks-prod", "-"], {
      input: JSON.stringify({ username: "app", password: canary }),
    });
    expect(put.exitCode, put.stderr).toBe(0);
    expect(put.stdout + put.stderr).not.toContain(canary);
    const verify = await vaultK8s(lab, ["verify", "--cluster", "eks-prod", "--secret", "demo=team/demo", "--timeout", "3m"]);
    expect(verify.exitCode, verify.stderr).toBe(0);
    const secret = await kubectlJson<{ data: Record<string, string> }>(lab, "eks-prod", ["get", "secret", "demo", "-n", "default"]);
    expect(Buffer.from(secret.data["password"]!, "base64").toString()).toBe(canary);
    expect(verify.stdout + verify.stderr).not.toContain(canary);
  });

  it("wires a second cluster to the same Vault with the README's line, and the first still works", async () => {
    const second = await typed(lab, readmeLine("vault-k8s bootstrap --cluster eks-staging --vault-context eks-prod"));
    expect(second.exitCode, second.stderr).toBe(0);
    expect(second.stderr).toContain("vault auth/k8s-eks-staging/config created");
    expect(second.stderr).toContain("ClusterSecretStore vault is Ready");
    const store = await kubectlJson<{ spec: { provider: { vault: { server: string } } } }>(lab, "eks-staging", [
      "get",
      "clustersecretstore",
      "vault",
    ]);
    expect(store.spec.provider.vault.server).toBe(await vaultAddress(lab, "eks-prod"));
    const first = await vaultK8s(lab, ["verify", "--cluster", "eks-prod", "--secret", "demo=team/demo"]);
    expect(first.exitCode, first.stderr).toBe(0);
  });

  it("puts back what a hand changed with kubectl, after showing it", async () => {
    const args = ["--cluster", "eks-staging", "--vault-context", "eks-prod"];
    const patch = JSON.stringify({ spec: { provider: { vault: { path: "elsewhere" } } } });
    await kubectl(lab, "eks-staging", ["patch", "clustersecretstore", "vault", "--type=merge", "-p", patch]);
    const plan = await vaultK8s(lab, ["store", ...args, "--dry-run"]);
    expect(plan.stdout, plan.stderr).toContain("elsewhere");
    const store = await vaultK8s(lab, ["store", ...args]);
    expect(store.exitCode, store.stderr).toBe(0);
    const path = "jsonpath={.spec.provider.vault.path}";
    expect(await kubectl(lab, "eks-staging", ["get", "clustersecretstore", "vault", "-o", path])).toBe("kv");
    expect((await vaultK8s(lab, ["store", ...args])).stderr).toContain("unchanged");
  });

  it("syncs a secret in the second cluster, and each cluster reads only its own", async () => {
    const args = ["--cluster", "eks-staging", "--vault-context", "eks-prod"];
    expect((await vaultK8s(lab, ["secret", "put", "web", ...args, "-"], { input: '{"key":"of-staging"}' })).exitCode).toBe(0);
    const secret = await vaultK8s(lab, ["secret", ...args, "--secret", "web#key"]);
    expect(secret.exitCode, secret.stderr).toBe(0);
    const verify = await vaultK8s(lab, ["verify", ...args, "--secret", "web#key"]);
    expect(verify.exitCode, verify.stderr).toBe(0);
    expect(verify.stderr).toContain("is refused elsewhere");
  });

  it("unseals pods that come back sealed, by the same command", async () => {
    await kubectl(lab, "eks-prod", ["delete", "pod", "-n", "vault", "vault-1", "vault-2", "--wait=false"]);
    const status = async () => vaultK8s(lab, ["status", "--cluster", "eks-prod"]);
    const bothSealed = /vault-1.*sealed[\s\S]*vault-2.*sealed/;
    await expect.poll(async () => (await status()).stdout, { timeout: 90_000, interval: 1000 }).toMatch(bothSealed);
    expect((await status()).exitCode).toBe(2);
    const unseal = await vaultK8s(lab, ["operator", "unseal", "--cluster", "eks-prod"]);
    expect(unseal.exitCode, unseal.stderr).toBe(0);
    await expect.poll(readyPods, { timeout: 30_000 }).toBe(3);
  });

  it("shows one screen of status", async () => {
    const status = async () => vaultK8s(lab, ["status", "--cluster", "eks-prod"]);
    // Raft calls a pod healthy once it has been stable for a while.
    await expect.poll(async () => (await status()).exitCode, { timeout: 90_000, interval: 2000 }).toBe(0);
    const { exitCode, stdout, stderr } = await status();
    expect(exitCode, stderr + stdout).toBe(0);
    expect(stdout).toMatch(/vault-0.*1\.21\.0/);
    expect(stdout).toContain("active");
    expect(stdout).toContain("standby");
  });
});
