import { X509Certificate } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { balancerAddress } from "../testing/vault.ts";
import { kubectl, theLab, vaultK8s } from "../testing/product.ts";
import { authority, certificatesIn, keep, load, served, signed, storeCa, unsealed } from "../testing/certificates.ts";

// eks-prod is empty before, and wired afterwards.
const lab = theLab();
const cluster = ["--cluster", "eks-prod"];

describe("a certificate of our own authority", () => {
  beforeAll(async () => {
    // An authority that is there already, and lives for another thousand days.
    const labels = { "app.kubernetes.io/managed-by": "vault-k8s" };
    await kubectl(lab, "eks-prod", ["create", "namespace", "vault"]);
    await keep(lab, "eks-prod", "vault-tls-ca", await authority(1_000), labels);
    const { exitCode, stderr } = await vaultK8s(lab, ["bootstrap", ...cluster, "--secret", "demo"]);
    expect(exitCode, stderr).toBe(0);
  });

  it("is of the authority that is there, and served by every pod, for all the names by which Vault is reached, the load balancer's too", async () => {
    const [pods, secret] = [await served(lab, "eks-prod"), await certificatesIn(lab, "eks-prod", "vault-tls")];
    expect(Object.keys(pods)).toEqual(["vault-0", "vault-1", "vault-2"]);
    for (const certificate of Object.values(pods)) expect(certificate).toBe(secret.fingerprint);
    const service = await balancerAddress(lab, "eks-prod");
    expect(secret.certificate.issuer).toBe("CN=company CA");
    for (const name of ["vault.vault.svc", "vault-active.vault.svc", "vault-2.vault-internal"])
      expect(secret.certificate.checkHost(name)).toBeDefined();
    for (const ip of ["127.0.0.1", service]) expect(secret.certificate.checkIP(ip)).toBe(ip);
  });

  it("--tls-renew makes a new one at once, which every pod serves without a seal; a second run has nothing to do", async () => {
    const before = await certificatesIn(lab, "eks-prod", "vault-tls");
    await delay(1_000);
    const renewed = await vaultK8s(lab, ["tls", ...cluster, "--tls-renew"]);
    expect(renewed.exitCode, renewed.stderr).toBe(0);
    for (const pod of ["vault-0", "vault-1", "vault-2"]) expect(renewed.stderr).toContain(`${pod} loads its new certificate`);
    const now = await certificatesIn(lab, "eks-prod", "vault-tls");
    expect(now.fingerprint).not.toBe(before.fingerprint);
    expect(Object.values(await served(lab, "eks-prod"))).toEqual([now.fingerprint, now.fingerprint, now.fingerprint]);
    expect(await unsealed(lab, "eks-prod")).toBe(3);
    const again = await vaultK8s(lab, ["tls", ...cluster]);
    expect(again.stderr).toContain("Nothing to do");
  });

  it("that expired stops everything with what mends it; vault-k8s tls mends it, and no pod was sealed", async () => {
    const names = (await certificatesIn(lab, "eks-prod", "vault-tls")).certificate.subjectAltName ?? "";
    const brief = await signed(lab, "eks-prod", { names, seconds: 12 });
    await keep(lab, "eks-prod", "vault-tls", brief);
    await load(lab, "eks-prod", new X509Certificate(brief.cert).fingerprint256);
    await delay(Math.max(0, Date.parse(new X509Certificate(brief.cert).validTo) - Date.now()) + 1_500);
    const refused = await vaultK8s(lab, ["kv", ...cluster]);
    expect([refused.exitCode, refused.stderr]).toEqual([69, expect.stringMatching(/VK1201/) as string]);
    expect(refused.stderr).toMatch(/certificate has expired[\s\S]*vault-k8s tls \S.*makes a new certificate/i);
    const status = await vaultK8s(lab, ["status", ...cluster]);
    expect(status.exitCode).toBe(2);
    expect(status.stdout).toMatch(/vault-0 .*certificate expired/);
    const mended = await vaultK8s(lab, ["tls", ...cluster]);
    expect(mended.exitCode, mended.stderr).toBe(0);
    expect((await vaultK8s(lab, ["verify", ...cluster])).exitCode).toBe(0);
    expect(await unsealed(lab, "eks-prod")).toBe(3);
  });

  it("status shows the days that are left, and marks what expires within a month", async () => {
    const wide = await vaultK8s(lab, ["status", ...cluster]);
    expect(wide.stdout).toMatch(/✔ vault-0 .*certificate 36[45] days left/);
    const names = (await certificatesIn(lab, "eks-prod", "vault-tls")).certificate.subjectAltName ?? "";
    const soon = await signed(lab, "eks-prod", { names, seconds: 20 * 86_400 });
    await keep(lab, "eks-prod", "vault-tls", soon);
    await load(lab, "eks-prod", new X509Certificate(soon.cert).fingerprint256);
    const marked = await vaultK8s(lab, ["status", ...cluster]);
    expect(marked.stdout).toMatch(/\+ vault-0 .*certificate (19|20) days left/);
    expect(marked.stdout).toMatch(/tls\s+.*expires/);
  });

  it("an authority that ends soon is followed by another; pods, stores and people go on", async () => {
    const old = await certificatesIn(lab, "eks-prod", "vault-tls-ca");
    // It would not outlive the next certificate.
    const { exitCode, stderr } = await vaultK8s(lab, ["bootstrap", ...cluster, "--tls-duration", "990d"]);
    expect(exitCode, stderr).toBe(0);
    const now = await certificatesIn(lab, "eks-prod", "vault-tls-ca");
    expect(now.fingerprint).not.toBe(old.fingerprint);
    const trusted = (await storeCa(lab, "eks-prod")).match(/-----BEGIN[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
    expect(trusted.map((pem) => new X509Certificate(pem).fingerprint256)).toEqual([now.fingerprint, old.fingerprint]);
    expect((await vaultK8s(lab, ["verify", ...cluster])).exitCode).toBe(0);
    const again = await vaultK8s(lab, ["bootstrap", ...cluster, "--tls-duration", "990d"]);
    expect(again.stderr).toContain("Nothing to do");
  });
});
