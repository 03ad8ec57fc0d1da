import { randomUUID } from "node:crypto";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { inLab, kubectl, theLab, vaultK8s, type RunOptions } from "../testing/product.ts";
import { keptToken, keyFile, rootToken, vaultAddress, vaultCli, vaultRead } from "../testing/vault.ts";
import { kubeWritesSince, vaultWritesSince } from "../testing/writes.ts";

const lab = theLab();
const cluster = ["--cluster", "eks-prod"];

// eks-prod is wired. Its Vault writes down what it is asked, so that writes can be counted, and has the auth method of another cluster.
beforeAll(async () => {
  const other = `managed by vault-k8s, cluster ${randomUUID()}`;
  for (const line of [
    ["audit", "enable", "file", "file_path=stdout"],
    ["auth", "enable", "-path=k8s-eks-staging", `-description=${other}`, "kubernetes"],
  ]) {
    const { exitCode, stderr } = await vaultCli(lab, "eks-prod", line);
    expect(exitCode, stderr).toBe(0);
  }
});

interface Refusal {
  readonly code: string;
  readonly exitCode: number;
  readonly says: readonly string[];
}

/** Runs a command that must be refused: its code, its exit code, its words; no stack, and nothing written. */
async function refused(args: readonly string[], { code, exitCode, says }: Refusal, options?: RunOptions): Promise<void> {
  const since = new Date();
  const ran = await vaultK8s(lab, args, options);
  expect(ran.stderr).toContain(code);
  expect(ran.exitCode, ran.stderr).toBe(exitCode);
  for (const words of says) expect(ran.stderr.replace(/\s+/g, " ")).toContain(words);
  expect(ran.stderr).not.toMatch(/\n\s+at /);
  for (const token of [(await keyFile(lab, "eks-prod")).root_token, await keptToken(lab, "eks-prod")])
    expect(ran.stdout + ran.stderr).not.toContain(token);
  expect(await kubeWritesSince(lab, "eks-prod", "admin", since)).toEqual([]);
  expect(await vaultWritesSince(lab, "eks-prod", since)).toEqual([]);
}

describe("bad input on a real cluster: a code, a sentence, an exit code, and nothing changed", () => {
  it("an unknown context", () =>
    refused(["policy", ...cluster, "--context", "eks-prdo"], { code: "VK1102", exitCode: 65, says: ["eks-prdo", "eks-prod"] }));

  it("a Vault that does not answer", () =>
    refused(
      ["policy", ...cluster, "--vault-addr", "http://10.20.0.1:9"],
      { code: "VK1201", exitCode: 69, says: ["http://10.20.0.1:9"] },
      { env: { VAULT_TOKEN: "some-token" } },
    ));

  it("a wrong token", () =>
    refused(["policy", ...cluster], { code: "VK1204", exitCode: 77, says: [] }, { env: { VAULT_TOKEN: "hvs.not-a-token" } }));

  it("a token without rights: the capability and the path are named", async () => {
    const made = await vaultCli(lab, "eks-prod", ["token", "create", "-policy=default", "-field=token"]);
    await refused(
      ["policy", ...cluster, "--policy-name", "k8s-another"],
      { code: "VK1203", exitCode: 77, says: ["sys/policies/acl/k8s-another", "read"] },
      { env: { VAULT_TOKEN: made.stdout.trim() } },
    );
  });

  it("no rights in Kubernetes: the verb and the resource are named", async () => {
    const token = (await kubectl(lab, "eks-prod", ["create", "token", "default", "-n", "default"])).trim();
    const kubeconfig = join(lab.work, "nobody.kubeconfig");
    const { stdout } = await inLab(lab, ["kubectl", "config", "view", "--raw", "--minify", "--context", "eks-prod", "-o", "json"]);
    const config = JSON.parse(stdout) as { users: { user: Record<string, unknown> }[] };
    config.users[0]!.user = { token };
    await writeFile(kubeconfig, JSON.stringify(config), { mode: 0o600 });
    await refused(["reviewer", ...cluster, "--kubeconfig", kubeconfig], {
      code: "VK1105",
      exitCode: 77,
      says: ["may not get ", "system:serviceaccount:default:default"],
    });
  });

  it("no helm", () =>
    refused(["install", ...cluster, "--helm", "helm-that-is-not-there"], {
      code: "VK1301",
      exitCode: 65,
      says: ["helm-that-is-not-there"],
    }));

  it("a helm that is too old", async () => {
    const old = join(lab.work, "old-helm");
    await writeFile(old, "#!/bin/sh\necho v3.5.1\n");
    await chmod(old, 0o755);
    await refused(["install", ...cluster, "--helm", old], { code: "VK1302", exitCode: 65, says: ["3.5.1"] });
  });

  it("a chart that is not there", () =>
    refused(["install", ...cluster, "--release", "vault-b", "--install-namespace", "vault", "--chart", "./no-such-chart"], {
      code: "VK1303",
      exitCode: 65,
      says: ["no-such-chart"],
    }));

  it("a values file that does not parse: line and column are named", async () => {
    const file = join(lab.work, "broken.yaml");
    await writeFile(file, "server:\n  image: [unclosed\n");
    await refused(["install", ...cluster, "--values", file], { code: "VK1305", exitCode: 65, says: ["broken.yaml:3:1"] });
  });

  it("a typo in vault-k8s.yaml: the right key, line and column", async () => {
    const file = join(lab.work, "typo.yaml");
    await writeFile(file, "cluster: eks-prod\nvault:\n  replcas: 3\n");
    await refused(["install", "-f", file], { code: "VK1003", exitCode: 65, says: ["replcas", "replicas", "3:3"] });
  });

  it("a cluster name that cannot be a path", () =>
    refused(["policy", "--cluster", "../prod"], { code: "VK1004", exitCode: 65, says: ["../prod"] }));

  it("VAULT_ADDR set to another Vault and nothing chosen", () =>
    refused(
      ["bootstrap", ...cluster],
      { code: "VK1005", exitCode: 64, says: ["--vault-addr", "--install"] },
      { env: { VAULT_ADDR: "https://127.0.0.1:1" } },
    ));

  it("an address in front of several pods, for init and unseal", async () =>
    refused(["operator", "unseal", ...cluster, "--vault-addr", await vaultAddress(lab, "eks-prod")], {
      code: "VK1212",
      exitCode: 64,
      says: ["--vault-node"],
    }));
});

describe("what exists and is not ours", () => {
  // The token that bootstrap keeps may not even look at what is not named k8s-….
  const asRoot = async () => ({ VAULT_TOKEN: await rootToken(lab, "eks-prod") });

  it("a mount", async () => {
    expect((await vaultCli(lab, "eks-prod", ["auth", "enable", "-path=by-hand", "kubernetes"])).exitCode).toBe(0);
    await refused(
      ["auth", ...cluster, "--auth-mount", "by-hand"],
      { code: "VK1401", exitCode: 1, says: ["auth/by-hand", "--auth-mount"] },
      { env: await asRoot() },
    );
  });

  it("a mount of another cluster", () =>
    refused(["auth", ...cluster, "--auth-mount", "k8s-eks-staging"], {
      code: "VK1401",
      exitCode: 1,
      says: ["belongs to another cluster"],
    }));

  it("a policy", async () => {
    expect((await vaultCli(lab, "eks-prod", ["policy", "write", "theirs", "-"], 'path "a" { capabilities = ["read"] }')).exitCode).toBe(0);
    await refused(
      ["policy", ...cluster, "--policy-name", "theirs"],
      { code: "VK1401", exitCode: 1, says: ["Policy theirs", "--policy-name"] },
      { env: await asRoot() },
    );
    expect((await vaultRead(lab, "eks-prod", "sys/policies/acl/theirs"))?.["policy"]).toContain('path "a"');
  });

  it("a binding", async () => {
    await kubectl(lab, "eks-prod", [
      "create",
      "clusterrolebinding",
      "vault-k8s-other-auth-delegator",
      "--clusterrole=view",
      "--serviceaccount=default:default",
    ]);
    await refused(["reviewer", ...cluster, "--auth-mount", "other"], {
      code: "VK1401",
      exitCode: 1,
      says: ["ClusterRoleBinding vault-k8s-other-auth-delegator"],
    });
  });
});

describe("a Vault whose pods are all sealed", () => {
  beforeAll(async () => {
    await mkdir(join(lab.work, "sealed"), { recursive: true });
    await kubectl(lab, "eks-prod", ["delete", "pod", "-n", "vault", "vault-0", "vault-1", "vault-2"]);
    await kubectl(lab, "eks-prod", [
      "wait",
      "-n",
      "vault",
      "--for=jsonpath={.status.phase}=Running",
      "pod/vault-0",
      "pod/vault-1",
      "pod/vault-2",
      "--timeout=60s",
    ]);
  });

  it("is told as that", async () => {
    const { exitCode, stderr } = await vaultK8s(lab, ["policy", ...cluster, "--policy-name", "k8s-sealed"]);
    expect(stderr).toContain("VK1202");
    expect(stderr).toContain("vault-k8s operator unseal");
    expect(exitCode).toBe(1);
  });

  it("is whole again after bootstrap", async () => {
    const { exitCode, stderr } = await vaultK8s(lab, ["bootstrap", ...cluster]);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain("vault sys/unseal updated");
  });
});
