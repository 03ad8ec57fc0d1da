import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inLab, theLab, typed, vaultK8s } from "../testing/product.ts";
import { wiredState } from "../testing/state.ts";
import { keyFile, reach } from "../testing/vault.ts";

// eks-prod is wired by bootstrap; what export writes wires eks-staging, to a Vault of its own.
const lab = theLab();
const flags = ["--cluster", "eks-staging", "--secret", "demo"];
const folder = join(lab.work, "exported");

/** The blocks of commands in the README of the export, in their order. */
async function blocks(): Promise<string[]> {
  const text = await readFile(join(folder, "README.md"), "utf8");
  return [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, lines = ""]) => lines);
}

describe("what export writes, on an empty cluster", () => {
  it("is applied as its README says, and makes the cluster that bootstrap makes, object by object", async () => {
    const exported = await vaultK8s(lab, ["export", ...flags, "--out", folder]);
    expect(exported.exitCode, exported.stderr).toBe(0);
    const [cluster = "", custom = "", vault = ""] = await blocks();
    const run = async (lines: string, env = {}): Promise<string> => {
      const { exitCode, stdout, stderr } = await typed(lab, lines, { cwd: folder, env });
      return exitCode === 0 ? "done" : stdout + stderr;
    };
    // No secret is in the files: the scripts make it.
    expect(await readFile(join(folder, "certificate/make.sh"), "utf8")).toContain("openssl req");
    for (const file of ["make", "serve"]) {
      const checked = await inLab(lab, ["shellcheck", "--shell=sh", join(folder, `certificate/${file}.sh`)]);
      expect(checked.exitCode, checked.stdout).toBe(0);
    }
    expect(await run(cluster)).toBe("done");
    // The operator's webhook serves a moment after its pods are ready.
    await expect.poll(() => run(custom), { timeout: 120_000, interval: 2000 }).toBe("done");
    for (const step of ["init", "unseal"]) {
      const { exitCode, stderr } = await vaultK8s(lab, ["operator", step, "--cluster", "eks-staging"]);
      expect(exitCode, stderr).toBe(0);
    }
    const { root_token: token } = await keyFile(lab, "eks-staging");
    expect(await run(vault, { ...(await reach(lab, "eks-staging")), VAULT_TOKEN: token })).toBe("done");
    const [there, here] = [await wiredState(lab, "eks-prod"), await wiredState(lab, "eks-staging")];
    // The one thing that an export does not make: the root token's retirement.
    expect({ ...here, "token that took over": undefined }).toEqual({ ...there, "token that took over": undefined });
  }, 300_000);

  it("works: an application's account logs in, and the store is ready", async () => {
    const { exitCode, stderr } = await vaultK8s(lab, ["verify", ...flags]);
    expect(exitCode, stderr).toBe(2);
    expect(stderr).toContain("ClusterSecretStore vault is Ready");
  });

  it("leaves no token behind", async () => {
    const { stdout } = await inLab(lab, ["sh", "-c", `ls ${folder}/vault`]);
    expect(stdout).not.toContain("reviewer-token");
  });

  it.each(["kustomize", "argocd", "flux"])("is read by kubectl kustomize: %s", async (format) => {
    const out = join(lab.work, `exported-${format}`);
    const chart = ["--chart", "vault", "--operator-chart", "external-secrets"];
    const exported = await vaultK8s(lab, ["export", ...flags, ...chart, "--format", format, "--out", out]);
    expect(exported.exitCode, exported.stderr).toBe(0);
    const folders = {
      kustomize: ["kubernetes/base", "kubernetes/external-secrets"],
      argocd: ["."],
      flux: ["kubernetes/base", "flux/helm"],
    };
    for (const part of folders[format as keyof typeof folders]) {
      const { exitCode, stdout, stderr } = await inLab(lab, ["kubectl", "kustomize", join(out, part)]);
      expect(exitCode, stderr).toBe(0);
      expect(stdout).toMatch(/^kind: /m);
    }
  });
});
