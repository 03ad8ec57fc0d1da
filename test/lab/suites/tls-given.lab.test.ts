import { describe, expect, it } from "vitest";
import { certificatesIn, keep, ofAnother, served, storeCa, unsealed } from "../testing/certificates.ts";
import { kubectl, theLab, vaultK8s } from "../testing/product.ts";

// eks-staging is empty before, and wired to a Vault with a certificate of the user's afterwards.
const lab = theLab();
const cluster = ["--cluster", "eks-staging"];
const given = [...cluster, "--tls-secret", "company"];
const names = "DNS:vault.vault.svc,DNS:vault-active.vault.svc,DNS:*.vault-internal,DNS:localhost,IP:127.0.0.1";

describe("a certificate that the user keeps", () => {
  it("is asked for where it is not there, and nothing is written", async () => {
    const { exitCode, stderr } = await vaultK8s(lab, ["bootstrap", ...given]);
    expect([exitCode, stderr]).toEqual([65, expect.stringContaining("VK1230") as string]);
    expect(stderr).toContain("kubectl --context eks-staging create secret generic company -n vault");
    expect(await kubectl(lab, "eks-staging", ["get", "namespace", "vault", "--ignore-not-found", "-o", "name"])).toBe("");
  });

  it("is refused with each name that it lacks", async () => {
    await kubectl(lab, "eks-staging", ["create", "namespace", "vault"]);
    await keep(lab, "eks-staging", "company", await ofAnother("DNS:vault.vault.svc"));
    const { exitCode, stderr } = await vaultK8s(lab, ["bootstrap", ...given]);
    expect([exitCode, stderr]).toEqual([65, expect.stringContaining("vault-active.vault.svc, vault-0.vault-internal") as string]);
  });

  it("is served as it is; stores and joins trust its CA, and the Secret is not touched", async () => {
    await keep(lab, "eks-staging", "company", await ofAnother(names));
    const before = await certificatesIn(lab, "eks-staging", "company");
    const { exitCode, stderr } = await vaultK8s(lab, ["bootstrap", ...given]);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain("kubernetes Secret vault/company unchanged (yours, expires in 4 days");
    expect(Object.values(await served(lab, "eks-staging"))).toEqual([before.fingerprint, before.fingerprint, before.fingerprint]);
    expect(await certificatesIn(lab, "eks-staging", "company")).toMatchObject({ files: before.files });
    expect(await storeCa(lab, "eks-staging")).toBe(before.files.ca);
    expect(await kubectl(lab, "eks-staging", ["get", "secrets", "-n", "vault", "-o", "name"])).not.toContain("vault-tls");
    const again = await vaultK8s(lab, ["bootstrap", ...given]);
    expect(again.stderr).toContain("Nothing to do");
  });

  it("that its owner changed, is loaded by every pod, even of another CA", async () => {
    await keep(lab, "eks-staging", "company", await ofAnother(names));
    const { exitCode, stderr } = await vaultK8s(lab, ["bootstrap", ...given]);
    expect(exitCode, stderr).toBe(0);
    const { fingerprint } = await certificatesIn(lab, "eks-staging", "company");
    expect(Object.values(await served(lab, "eks-staging"))).toEqual([fingerprint, fingerprint, fingerprint]);
    expect(await unsealed(lab, "eks-staging")).toBe(3);
    expect((await vaultK8s(lab, ["verify", ...cluster])).exitCode).toBe(0);
  });
});
