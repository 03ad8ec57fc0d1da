import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { kubectl, theLab, typed, vaultK8s } from "../testing/product.ts";
import { caFile, rootToken, vaultAddress, vaultAs } from "../testing/vault.ts";

// eks-prod is wired, eks-staging empty. Afterwards eks-staging is wired to the Vault of eks-prod.
const lab = theLab();
const staging = ["--cluster", "eks-staging", "--secret", "db"];
const people = join(lab.folder, "deploy-kubeconfig");

describe("a user with the roles of --rbac, and a token with the policy of --vault-policy", () => {
  it("may do nothing before: the list is whole, and nothing is written", async () => {
    await kubectl(lab, "eks-staging", ["create", "namespace", "ci"]);
    await kubectl(lab, "eks-staging", ["-n", "ci", "create", "serviceaccount", "deploy"]);
    const token = await kubectl(lab, "eks-staging", ["-n", "ci", "create", "token", "deploy", "--duration=1h"]);
    const made = await typed(
      lab,
      `kubectl config view --raw --minify --context eks-staging > ${people}; export KUBECONFIG=${people}; kubectl config set-credentials deploy --token="$(cat)"; kubectl config set-context eks-staging --user deploy`,
      { input: token },
    );
    expect(made.exitCode, made.stderr).toBe(0);
    await chmod(people, 0o600);
    const ran = await vaultK8s(lab, ["bootstrap", ...staging, "--kubeconfig", people]);
    expect([ran.exitCode, ran.stderr]).toEqual([77, expect.stringContaining("VK1605")]);
    for (const words of [
      /may not .*create.* namespaces/,
      /may not .*clusterrolebindings/,
      /may not .*portforward in namespace vault/,
      /may not .*externalsecrets\.external-secrets\.io/,
    ])
      expect(ran.stderr).toMatch(words);
    expect(await kubectl(lab, "eks-staging", ["get", "namespace", "vault", "--ignore-not-found"])).toBe("");
    const found = await vaultK8s(lab, ["preflight", ...staging]);
    expect(found.exitCode, found.stdout).toBe(0);
    expect(found.stdout).toMatch(/not proven yet: pods reach Vault at https:\/\/vault-active\.vault\.svc:8200: [^\n]*verify proves it/);
  });

  it("wires a cluster to a Vault, with these and nothing else", async () => {
    const vault = await vaultAddress(lab, "eks-prod");
    const root = await rootToken(lab, "eks-prod");
    const file = join(lab.folder, "deploy-token");
    await writeFile(file, root, { mode: 0o600 });
    const where = [...staging, "--vault-addr", vault, "--vault-token-file", file, "--ca-cert", await caFile(lab, "eks-prod")];
    const [rbac, policy] = [
      await vaultK8s(lab, ["preflight", ...where, "--rbac", "--for", "system:serviceaccount:ci:deploy"]),
      await vaultK8s(lab, ["preflight", ...where, "--vault-policy"]),
    ];
    expect([rbac.exitCode, policy.exitCode], rbac.stderr + policy.stderr).toEqual([0, 0]);
    await typed(lab, "kubectl --context eks-staging apply -f -", { input: rbac.stdout });
    await vaultAs(lab, "eks-prod", root, ["policy", "write", "deploy", "-"], policy.stdout);
    const token = await vaultAs(lab, "eks-prod", root, ["token", "create", "-policy=deploy", "-field=token"]);
    await writeFile(file, token.stdout.trim(), { mode: 0o600 });
    const ran = await vaultK8s(lab, ["bootstrap", ...where, "--kubeconfig", people]);
    expect(ran.exitCode, ran.stderr).toBe(0);
    const again = await vaultK8s(lab, ["preflight", ...where, "--kubeconfig", people]);
    expect(again.exitCode, again.stdout).toBe(0);
    expect(again.stdout).toContain("Nothing is missing.");
    expect(again.stdout).toMatch(
      /pods are told https:\/\/10\.20\.0\.\d+:8200: tried from here, trusted by its CA, Vault 1\.\d+\.\d+ answers/,
    );
    expect(again.stdout).toMatch(/not proven yet: Vault reaches the API server at https:\/\/10\.20\.1\.1:6443: [^\n]*verify proves it/);
  });
});
