import { describe, expect, it } from "vitest";
import { kubectl, theLab, typed } from "../testing/product.ts";
import { wiredState } from "../testing/state.ts";

const script = `
vault-k8s install
vault-k8s operator init
vault-k8s operator unseal
vault-k8s external-secrets
vault-k8s reviewer
vault-k8s kv
vault-k8s policy
vault-k8s auth
vault-k8s role
vault-k8s store
vault-k8s secret --secret demo
vault-k8s operator retire-root
vault-k8s verify
`;

describe("each subcommand alone, in order, from a shell script, with Helm 3", () => {
  const lab = theLab("second");

  it("makes the cluster that bootstrap makes, object by object", async () => {
    const single = await typed(lab, script, { env: { VAULT_K8S_CLUSTER: "eks-prod", VAULT_K8S_HELM: "helm3" } });
    expect(single.exitCode, single.stderr).toBe(0);
    const bootstrap = await typed(theLab(), "vault-k8s bootstrap --cluster eks-prod --secret demo");
    expect(bootstrap.exitCode, bootstrap.stderr).toBe(0);
    const [here, there] = await Promise.all([wiredState(lab, "eks-prod"), wiredState(theLab(), "eks-prod")]);
    expect(Object.keys(here).length).toBeGreaterThan(15);
    expect(here).toEqual(there);
  });
});

describe("the operator of the article", () => {
  const lab = theLab("second");

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

  it("is taken away by teardown, with Vault's CA beside it, from a namespace that somebody else made", async () => {
    const ca = () =>
      kubectl(lab, "eks-staging", ["get", "secret", "vault-ca", "-n", "external-secrets", "--ignore-not-found", "-o", "name"]);
    expect(await ca()).toBe("secret/vault-ca");
    const teardown = await typed(lab, "vault-k8s teardown --cluster eks-staging --operator kes --confirm eks-staging");
    expect(teardown.exitCode, teardown.stderr).toBe(0);
    expect(await ca()).toBe("");
    expect(await kubectl(lab, "eks-staging", ["get", "namespace", "external-secrets", "-o", "name"])).toBe("namespace/external-secrets");
    expect(await kubectl(lab, "eks-staging", ["get", "deployments,pods", "-n", "external-secrets", "-o", "name"])).toBe("");
  }, 300_000);
});
