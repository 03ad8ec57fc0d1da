import { describe, expect, it } from "vitest";
import { kubectl, kubectlJson, theLab, typed } from "../testing/product.ts";

// eks-staging is empty before, and has a Vault and no operator afterwards.
describe("the operator of the article", () => {
  const lab = theLab();

  it("is wired by bootstrap --operator kes: a role without audience, full paths, and the Secret arrives", async () => {
    const flags = "--cluster eks-staging --operator kes --secret app=team/app";
    await kubectl(lab, "eks-staging", ["create", "namespace", "external-secrets"]);
    const line = `vault-k8s bootstrap ${flags} --operator-chart ${lab.charts.kes}`;
    const bootstrap = await typed(lab, line);
    expect(bootstrap.exitCode, bootstrap.stderr).toBe(0);
    expect(bootstrap.stderr).toContain("archived");
    const put = await typed(lab, `vault-k8s secret put team/app --cluster eks-staging -`, { input: '{"user":"kes"}' });
    expect(put.exitCode, put.stderr).toBe(0);
    const verify = await typed(lab, `vault-k8s verify ${flags}`);
    expect(verify.exitCode, verify.stderr).toBe(0);
    const again = await typed(lab, `${line} -o json`);
    expect((JSON.parse(again.stdout) as { changed: number }).changed).toBe(0);
  });

  it("is taken away by teardown, which keeps the Secret that it writes to the last, with Vault's CA beside it, from a namespace that somebody else made", async () => {
    const ca = () =>
      kubectl(lab, "eks-staging", ["get", "secret", "vault-ca", "-n", "external-secrets", "--ignore-not-found", "-o", "name"]);
    expect(await ca()).toBe("secret/vault-ca");
    const teardown = await typed(lab, "vault-k8s teardown --cluster eks-staging --operator kes --confirm eks-staging");
    expect(teardown.exitCode, teardown.stderr).toBe(0);
    expect(await ca()).toBe("");
    const kept = await kubectlJson<{ data: object; metadata: { ownerReferences?: object[] } }>(lab, "eks-staging", [
      "get",
      "secret",
      "app",
      "-n",
      "default",
    ]);
    expect([Object.keys(kept.data), kept.metadata.ownerReferences ?? []]).toEqual([["user"], []]);
    expect(await kubectl(lab, "eks-staging", ["get", "namespace", "external-secrets", "-o", "name"])).toBe("namespace/external-secrets");
    expect(await kubectl(lab, "eks-staging", ["get", "deployments,pods", "-n", "external-secrets", "-o", "name"])).toBe("");
  }, 300_000);
});
