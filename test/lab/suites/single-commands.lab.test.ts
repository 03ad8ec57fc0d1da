import { describe, expect, it } from "vitest";
import { theLab, typed } from "../testing/product.ts";
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

// eks-prod is wired by bootstrap; eks-staging is empty before, and wired to a Vault of its own afterwards.
describe("each subcommand alone, in order, from a shell script, with Helm 3", () => {
  const lab = theLab();

  it("makes the cluster that bootstrap makes, object by object", async () => {
    const single = await typed(lab, script, { env: { VAULT_K8S_CLUSTER: "eks-staging", VAULT_K8S_HELM: "helm3" } });
    expect(single.exitCode, single.stderr).toBe(0);
    const [here, there] = await Promise.all([wiredState(lab, "eks-staging"), wiredState(lab, "eks-prod")]);
    expect(Object.keys(here).length).toBeGreaterThan(15);
    expect(here).toEqual(there);
  });
});
