import { describe, expect, it } from "vitest";
import { kubectl, theLab, vaultK8s } from "../testing/product.ts";
import { vaultCli } from "../testing/vault.ts";

// A lab with nothing in it. Afterwards eks-prod is wired, with a secret `demo`.
const lab = theLab();
const canary = "c4n4ry-of-the-audit-suite-51b7";
const cluster = ["--cluster", "eks-prod"];
const bootstrap = ["bootstrap", ...cluster, "--expose", "LoadBalancer", "--audit", "file", "--secret", "demo"];

interface Entry {
  readonly type: string;
  readonly request: {
    readonly operation: string;
    readonly path: string;
    readonly data?: { readonly data?: Readonly<Record<string, string>> };
  };
}

/** What the audit device has written, on all pods. */
async function entries(): Promise<{ text: string; all: Entry[] }> {
  const pods = ["vault-0", "vault-1", "vault-2"];
  const logs = await Promise.all(
    pods.map((pod) =>
      kubectl(lab, "eks-prod", ["exec", "-n", "vault", pod, "--", "sh", "-c", "cat /vault/audit/audit.log 2> /dev/null || true"]),
    ),
  );
  const text = logs.join("\n");
  const all = text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Entry);
  return { text, all };
}

describe("--audit file", () => {
  it("gives a new Vault a volume for it, and enables the device before anything secret is written", async () => {
    const { exitCode, stdout, stderr } = await vaultK8s(lab, [...bootstrap, "--print-commands"]);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain("vault sys/audit/vault-k8s-file created");
    expect(stdout).toContain("vault audit enable -path=vault-k8s-file");
    const { all } = await entries();
    const writes = all
      .filter(({ type, request }) => type === "request" && /create|update/.test(request.operation))
      .map(({ request }) => request.path);
    for (const path of ["sys/mounts/kv", "sys/policies/acl/k8s-eks-prod-read", "sys/auth/k8s-eks-prod", "auth/k8s-eks-prod/config"])
      expect(writes, path).toContain(path);
  });

  it("an entry of a write is found, its values as HMACs that Vault itself can tell", async () => {
    const put = await vaultK8s(lab, ["secret", "put", "demo", "-", ...cluster], { input: JSON.stringify({ password: canary }) });
    expect(put.exitCode, put.stderr).toBe(0);
    const { all, text } = await entries();
    const entry = all.find(
      ({ type, request }) => type === "request" && request.path === "kv/data/k8s/eks-prod/demo" && /create|update/.test(request.operation),
    );
    const hashed = entry?.request.data?.data?.["password"];
    const { stdout } = await vaultCli(lab, "eks-prod", ["write", "-field=hash", "sys/audit-hash/vault-k8s-file", "input=-"], canary);
    expect(hashed).toMatch(/^hmac-sha256:[0-9a-f]{64}$/);
    expect(stdout.trim()).toBe(hashed);
    expect(text).not.toContain(canary);
  });

  it("run again changes nothing, also when the flag is left out", async () => {
    for (const args of [bootstrap, bootstrap.filter((word) => word !== "--audit" && word !== "file")]) {
      const { exitCode, stdout, stderr } = await vaultK8s(lab, [...args, "-o", "json"]);
      expect(exitCode, stderr).toBe(0);
      expect((JSON.parse(stdout) as { changed: number }).changed).toBe(0);
    }
  });

  it("a Vault that was installed without the volume says so, and nothing secret was written", async () => {
    const { exitCode, stderr } = await vaultK8s(lab, ["audit", ...cluster, "--audit", "file", "--audit-file", "/nowhere/audit.log"]);
    expect(exitCode, stderr).toBe(1);
    expect(stderr).toContain("vault audit disable vault-k8s-file");
    expect((await vaultCli(lab, "eks-prod", ["audit", "disable", "vault-k8s-file"])).exitCode).toBe(0);
    const refused = await vaultK8s(lab, ["audit", ...cluster, "--audit", "file", "--audit-file", "/nowhere/audit.log"]);
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringMatching(/VK1218/) as string]);
    const again = await vaultK8s(lab, ["audit", ...cluster, "--audit", "file"]);
    expect(again.exitCode, again.stderr).toBe(0);
  });
});
