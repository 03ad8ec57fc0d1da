import { describe, expect, it } from "vitest";
import { kubectl, theLab, typed, vaultK8s } from "../testing/product.ts";
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

// The login of each run's proof, and of External Secrets, whose store is looked at anew when it changes.
describe("each way of having tokens reviewed, one after the other", () => {
  const lab = theLab();
  const tokens = async (): Promise<string[]> =>
    (await kubectl(lab, "eks-prod", ["get", "secrets", "-n", "vault-k8s", "--ignore-not-found", "-o", "jsonpath={.items[*].data.token}"]))
      .split(" ")
      .filter((token) => token !== "");

  it.each(["client", "local", "token"])("--reviewer %s: logins are proven, and a second run finds nothing to do", async (reviewer) => {
    const run = () =>
      vaultK8s(lab, ["bootstrap", "--cluster", "eks-prod", "--secret", "demo", "--reviewer", reviewer, "--yes", "-o", "json"]);
    const first = await run();
    expect(first.exitCode, first.stderr).toBe(0);
    expect(await tokens()).toHaveLength(reviewer === "token" ? 1 : 0);
    const again = await run();
    expect(again.exitCode, again.stderr).toBe(0);
    expect(again.stdout).not.toMatch(/"result": "(created|updated|deleted)"/);
  });

  it("rotate-reviewer gives Vault another token, and logins go on", async () => {
    const before = await tokens();
    const { exitCode, stderr } = await vaultK8s(lab, ["rotate-reviewer", "--cluster", "eks-prod", "--yes"]);
    expect(exitCode, stderr).toBe(0);
    const after = await tokens();
    expect([after.length, after[0] === before[0]]).toEqual([1, false]);
    const proof = await vaultK8s(lab, ["verify", "--cluster", "eks-prod", "--secret", "demo"]);
    expect(proof.exitCode, proof.stderr).toBe(0);
  });
});
