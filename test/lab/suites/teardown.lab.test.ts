import { stat } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import type { ClusterName } from "../api.ts";
import { inLab, kubectl, kubectlJson, theLab, vaultK8s } from "../testing/product.ts";
import { vaultCli } from "../testing/vault.ts";
import { kubeWritesSince } from "../testing/writes.ts";

// eks-prod is wired, with a secret `demo`; eks-staging may have an operator that was adopted. Afterwards nothing is left in either cluster.
const lab = theLab();
const prod = ["--cluster", "eks-prod"];
const staging = ["--cluster", "eks-staging", "--vault-context", "eks-prod"];
const kinds = "namespace,serviceaccount,secret,configmap,clusterrolebinding,statefulset,deployment,service";

/** Everything that carries our label or is a release of ours; Secrets that the operator made copy the label of their ExternalSecret. */
async function ours(cluster: ClusterName): Promise<string[]> {
  const selector = "app.kubernetes.io/managed-by=vault-k8s,!reconcile.external-secrets.io/created-by";
  const objects = await kubectl(lab, cluster, ["get", kinds, "-A", "-l", selector, "-o", "name"]);
  const custom = await kubectl(lab, cluster, ["get", "clustersecretstores,externalsecrets", "-A", "-o", "name"]);
  const releases = await inLab(lab, ["helm", "list", "-A", "-q", "--kube-context", cluster]);
  return `${objects}\n${custom}\n${releases.stdout}`.split("\n").filter((line) => line !== "");
}

const secretOf = async (cluster: ClusterName, name: string): Promise<Record<string, string>> =>
  (await kubectlJson<{ data: Record<string, string> }>(lab, cluster, ["get", "secret", name, "-n", "default"])).data;
const claims = async (): Promise<string> => kubectl(lab, "eks-prod", ["get", "pvc", "-n", "vault", "-o", "name"]);

/** Starts a command and kills it as soon as it says something. */
async function killedAt(args: readonly string[], words: RegExp): Promise<void> {
  const [program, ...rest] = lab.onNetwork(["vault-k8s", ...args]);
  const running = execa(program, rest, {
    cwd: lab.work,
    env: { ...lab.env, CI: "true" },
    extendEnv: false,
    reject: false,
    timeout: 200_000,
  });
  let said = "";
  running.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    if (words.test(said)) running.kill("SIGKILL");
  });
  expect((await running).signal, said).toBe("SIGKILL");
}

describe("teardown", () => {
  beforeAll(async () => {
    const wired = await vaultK8s(lab, ["bootstrap", ...staging, "--secret", "web"]);
    expect(wired.exitCode, wired.stderr).toBe(0);
    expect((await vaultK8s(lab, ["secret", "put", "web", "-", ...staging], { input: '{"key":"of-staging"}' })).exitCode).toBe(0);
    const verify = await vaultK8s(lab, ["verify", ...staging, "--secret", "web"]);
    expect(verify.exitCode, verify.stderr).toBe(0);
  }, 300_000);

  it("shows what would go and writes nothing; without the typed name it does nothing", async () => {
    const me = await kubectlJson<{ status: { userInfo: { username: string } } }>(lab, "eks-prod", ["auth", "whoami"]);
    const since = new Date();
    const plan = await vaultK8s(lab, ["teardown", ...prod, "--dry-run", "--print-commands"]);
    expect(plan.exitCode, plan.stderr).toBe(0);
    expect(plan.stderr).toContain("helm vault/vault unchanged (stays: others log in to it at auth/k8s-eks-staging");
    expect(plan.stderr).toContain("vault auth/k8s-eks-prod would be deleted");
    expect(plan.stdout).toContain("vault auth disable k8s-eks-prod");
    expect(plan.stdout).toContain("--cascade=orphan");
    for (const flags of [[], ["--yes"], ["--confirm", "eks-staging"]])
      expect((await vaultK8s(lab, ["teardown", ...prod, ...flags])).exitCode, flags.join(" ")).toBe(64);
    expect(await kubeWritesSince(lab, "eks-prod", me.status.userInfo.username, since)).toEqual([]);
  });

  it("of one cluster leaves nothing of ours in it, its Secrets and its data, and the other works", async () => {
    const { exitCode, stdout, stderr } = await vaultK8s(lab, ["teardown", ...staging, "--confirm", "eks-staging", "-o", "json"]);
    expect(exitCode, stderr).toBe(0);
    expect((JSON.parse(stdout) as { counts: { delete: number } }).counts.delete).toBeGreaterThan(8);
    expect(await ours("eks-staging")).toEqual([]);
    expect(Object.keys(await secretOf("eks-staging", "web"))).toEqual(["key"]);
    const mounts = await vaultCli(lab, "eks-prod", ["auth", "list", "-format=json"]);
    expect(Object.keys(JSON.parse(mounts.stdout) as object)).not.toContain("k8s-eks-staging/");
    expect((await vaultCli(lab, "eks-prod", ["kv", "get", "-mount=kv", "-field=key", "k8s/eks-staging/web"])).stdout).toBe("of-staging");
    const verify = await vaultK8s(lab, ["verify", ...prod, "--secret", "demo"]);
    expect(verify.exitCode, verify.stderr).toBe(0);
    const again = await vaultK8s(lab, ["teardown", ...staging, "--confirm", "eks-staging"]);
    expect([again.exitCode, again.stderr]).toEqual([0, expect.stringContaining("Nothing to do") as string]);
  });

  it("killed in the middle goes on when run again; nothing of ours is left, and the data is kept", async () => {
    await killedAt(["teardown", ...prod, "--confirm", "eks-prod"], /helm uninstalls external-secrets/);
    // The helm that was left behind still works for a moment, and what it is taking away keeps its namespace.
    const again = async (): Promise<string[]> => {
      const { exitCode, stderr } = await vaultK8s(lab, ["teardown", ...prod, "--confirm", "eks-prod"]);
      expect(exitCode, stderr).toBe(0);
      return ours("eks-prod");
    };
    // Vault's own namespace holds its volumes.
    await expect.poll(again, { timeout: 120_000, interval: 3000 }).toEqual(["namespace/vault"]);
    expect((await claims()).split("\n")).toContain("persistentvolumeclaim/data-vault-0");
    expect(Object.keys(await secretOf("eks-prod", "demo"))).toEqual(["password"]);
    expect((await stat(join(lab.data, "vault-k8s", "eks-prod", "init.json"))).isFile()).toBe(true);
  });

  it("bootstrap finds the data and the keys again", async () => {
    const { exitCode, stderr } = await vaultK8s(lab, [
      "bootstrap",
      ...prod,
      "--expose",
      "LoadBalancer",
      "--audit",
      "file",
      "--secret",
      "demo",
    ]);
    expect(exitCode, stderr).toBe(0);
    const verify = await vaultK8s(lab, ["verify", ...prod, "--secret", "demo"]);
    expect(verify.exitCode, verify.stderr).toBe(0);
  });

  it("keeps the operator while others need it", async () => {
    const foreign = { apiVersion: "external-secrets.io/v1", kind: "ExternalSecret", metadata: { name: "by-hand", namespace: "default" } };
    const spec = { secretStoreRef: { name: "vault", kind: "ClusterSecretStore" }, dataFrom: [{ extract: { key: "k8s/eks-prod/demo" } }] };
    await kubectl(lab, "eks-prod", ["apply", "-f", "-"], { input: JSON.stringify({ ...foreign, spec }) });
    const { stderr, stdout } = await vaultK8s(lab, ["teardown", ...prod, "--dry-run"]);
    const plan = stderr + stdout;
    expect(plan).toContain("external-secrets/external-secrets unchanged (stays: others need it: ExternalSecret default/by-hand)");
    expect(plan).toContain("no longer updated without it: default/by-hand");
    await kubectl(lab, "eks-prod", ["delete", "externalsecret", "by-hand", "-n", "default"]);
  });

  it("with --delete-data and --delete-secrets nothing stays but the keys", async () => {
    const args = ["teardown", ...prod, "--confirm", "eks-prod", "--delete-data", "--delete-secrets"];
    const { exitCode, stderr } = await vaultK8s(lab, args);
    expect(exitCode, stderr).toBe(0);
    expect(await ours("eks-prod")).toEqual([]);
    expect(await kubectl(lab, "eks-prod", ["get", "pvc,secret", "-A", "-o", "name"])).toBe("");
    expect(stderr).toMatch(/unseal keys and token in custody unchanged \(stays: in .*init\.json/);
  });
});
