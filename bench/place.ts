import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { ClusterName, LabState } from "../test/lab/api.ts";
import { kubectl, vaultK8s, type Ran } from "../test/lab/testing/product.ts";
import { balancerAddress, caFile, keptToken, vaultAs } from "../test/lab/testing/vault.ts";
import type { Way } from "./proxy.ts";

/** The cluster that is wired again and again, to the Vault of the other. */
export const cluster: ClusterName = "eks-staging";
export const home: ClusterName = "eks-prod";

/** A lab in which eks-prod has a Vault and eks-staging the operator, and how they are reached. */
export interface Place {
  readonly lab: LabState;
  readonly env: Readonly<Record<string, string>>;
  /** What vault-k8s is told, after its command. */
  readonly flags: readonly string[];
  readonly ways: readonly Way[];
}

const servers = { direct: "10.20.1.1:6443", delayed: "10.20.1.1:16443" } as const;

/** Wires what both begin from. The environment leads through the proxies, and to the kubectl that is given. */
export async function makePlace(lab: LabState, kubectlProgram: string): Promise<Place> {
  succeeded(await vaultK8s(lab, ["bootstrap", "--cluster", home]));
  succeeded(await vaultK8s(lab, ["bootstrap", "--cluster", cluster, "--vault-context", home]));
  const vault = await balancerAddress(lab, home);
  const [address, ca] = [`https://${vault}:18200`, await caFile(lab, home)];
  const env = { ...environment(lab, kubectlProgram), VAULT_ADDR: address, VAULT_CACERT: ca, VAULT_TOKEN: await token(lab) };
  return {
    lab,
    env,
    flags: ["--cluster", cluster, "--vault-addr", address, "--ca-cert", ca],
    ways: [
      { on: cluster, listen: servers.delayed, target: servers.direct },
      { on: home, listen: `${vault}:18200`, target: `${vault}:8200` },
    ],
  };
}

/** The token that took over from the root token of eks-prod's Vault. */
async function token(lab: LabState): Promise<string> {
  const kept = await keptToken(lab, home);
  if (kept === undefined) throw new Error(`no token was kept for ${home}`);
  return kept;
}

function environment(lab: LabState, kubectlProgram: string): Record<string, string> {
  const folder = join(lab.folder, "bench");
  const kubeconfig = join(folder, "kubeconfig");
  mkdirSync(folder, { recursive: true });
  rmSync(join(folder, "kubectl"), { force: true });
  symlinkSync(kubectlProgram, join(folder, "kubectl"));
  writeFileSync(kubeconfig, readFileSync(lab.kubeconfig, "utf8").replace(servers.direct, servers.delayed), { mode: 0o600 });
  return { ...lab.env, CI: "true", PATH: [folder, lab.env["PATH"]].join(delimiter), KUBECONFIG: kubeconfig };
}

/** Takes the wiring away, whoever made it; the operator stays. Not through the proxies. */
export async function unwire({ lab, env }: Place): Promise<void> {
  const names = ["vault-reviewer-auth-delegator", `vault-k8s-k8s-${cluster}-auth-delegator`];
  for (const object of ["clustersecretstore/vault", ...names.map((name) => `clusterrolebinding/${name}`), "namespace/vault-k8s"])
    await kubectl(lab, cluster, ["delete", "--ignore-not-found", "--wait", object]);
  const inVault = [
    ["auth", "disable", `k8s-${cluster}`],
    ["policy", "delete", `k8s-${cluster}-read`],
  ];
  for (const args of inVault) succeeded(await vaultAs(lab, home, env["VAULT_TOKEN"] ?? "", args));
}

function succeeded({ exitCode, stdout, stderr }: Ran): void {
  if (exitCode !== 0) throw new Error(stderr + stdout);
}
