import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { standIn, type StandIn } from "../testing/cert-manager.ts";
import { certificatesIn, served, storeCa, unsealed } from "../testing/certificates.ts";
import { inLab, kubectl, theLab, vaultK8s } from "../testing/product.ts";
import { balancerAddress } from "../testing/vault.ts";

// eks-prod is wired, with a certificate of our own authority. Afterwards cert-manager makes it.
const lab = theLab();
const cluster = ["--cluster", "eks-prod"];
const byIssuer = [...cluster, "--tls-issuer", "ClusterIssuer/lab"];
let manager: StandIn | undefined;
afterAll(async () => manager?.stop());

describe("a certificate of cert-manager", () => {
  it("where cert-manager is not there, is refused; nothing is written", async () => {
    const { exitCode, stderr } = await vaultK8s(lab, ["bootstrap", ...byIssuer]);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("VK1232") as string]);
  });

  it("that the issuer does not make is told in cert-manager's words, and the pods go on", async () => {
    manager = await standIn(lab, "eks-prod");
    const before = await served(lab, "eks-prod");
    const { exitCode, stderr } = await vaultK8s(lab, ["tls", ...cluster, "--tls-issuer", "ClusterIssuer/none", "--timeout", "5s"]);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("Issuing certificate as Secret does not exist") as string]);
    expect(stderr).toContain("ClusterIssuer.cert-manager.io none");
    expect(await served(lab, "eks-prod")).toEqual(before);
  });

  it("takes the place of ours: pods serve it, stores trust it, nothing is sealed, and a second run has nothing to do", async () => {
    const { exitCode, stderr } = await vaultK8s(lab, ["bootstrap", ...byIssuer]);
    expect(exitCode, stderr).toBe(0);
    const { fingerprint, certificate } = await certificatesIn(lab, "eks-prod", "vault-tls");
    expect(certificate.issuer).toBe("CN=stand-in");
    expect(Object.values(await served(lab, "eks-prod"))).toEqual([fingerprint, fingerprint, fingerprint]);
    expect(await storeCa(lab, "eks-prod")).toBe(manager?.ca);
    expect(await unsealed(lab, "eks-prod")).toBe(3);
    const again = await vaultK8s(lab, ["bootstrap", ...byIssuer]);
    expect([again.exitCode, again.stderr]).toEqual([0, expect.stringContaining("Nothing to do") as string]);
    expect((await vaultK8s(lab, ["verify", ...cluster])).exitCode).toBe(0);
  });

  it("that cert-manager renewed is what pods are told to load", async () => {
    const before = await certificatesIn(lab, "eks-prod", "vault-tls");
    manager?.renew();
    await expect
      .poll(async () => (await certificatesIn(lab, "eks-prod", "vault-tls")).fingerprint, { timeout: 30_000 })
      .not.toBe(before.fingerprint);
    const planned = await vaultK8s(lab, ["tls", ...byIssuer, "--dry-run"]);
    expect(planned.stdout + planned.stderr).toMatch(/vault-0: serves one that expires/);
    const { exitCode, stderr } = await vaultK8s(lab, ["tls", ...byIssuer]);
    expect(exitCode, stderr).toBe(0);
    const { fingerprint } = await certificatesIn(lab, "eks-prod", "vault-tls");
    expect(Object.values(await served(lab, "eks-prod"))).toEqual([fingerprint, fingerprint, fingerprint]);
  });

  it("is not for us to make anew", async () => {
    const { exitCode, stderr } = await vaultK8s(lab, ["tls", ...byIssuer, "--tls-renew"]);
    expect([exitCode, stderr]).toEqual([65, expect.stringContaining("cmctl renew") as string]);
  });

  it("goes with Vault at a teardown, and its Secret with it", async () => {
    const gone = await vaultK8s(lab, ["teardown", ...cluster, "--confirm", "eks-prod"]);
    expect(gone.exitCode, gone.stderr).toBe(0);
    expect(await kubectl(lab, "eks-prod", ["get", "certificates.cert-manager.io", "-A", "-o", "name"])).toBe("");
    expect(await kubectl(lab, "eks-prod", ["get", "secrets", "-n", "vault", "-o", "name", "--ignore-not-found"])).not.toContain(
      "vault-tls",
    );
  });

  it("comes back by the script that --print-commands gives, which leaves nothing to do", async () => {
    const { stdout, stderr } = await vaultK8s(lab, ["plan", ...byIssuer, "--print-commands"]);
    expect(stdout, stderr).toContain("kind: Certificate");
    const script = join(lab.work, "tls.sh");
    await writeFile(script, stdout);
    const checked = await inLab(lab, ["shellcheck", "--shell=sh", script]);
    expect(checked.exitCode, checked.stdout).toBe(0);
    const ran = await inLab(lab, ["sh", script]);
    expect(ran.exitCode, ran.stderr).toBe(0);
    const service = await balancerAddress(lab, "eks-prod");
    expect((await certificatesIn(lab, "eks-prod", "vault-tls")).certificate.checkIP(service)).toBe(service);
    const after = await vaultK8s(lab, ["bootstrap", ...byIssuer]);
    expect([after.exitCode, after.stderr]).toEqual([0, expect.stringContaining("Nothing to do") as string]);
  });
});
