import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { LabState } from "../api.ts";
import { inLab, kubectlJson, type Ran } from "./product.ts";

/** What `operator init` wrote for a cluster. */
export async function keyFile(lab: LabState, cluster: string): Promise<{ root_token: string; unseal_keys_b64: string[] }> {
  return JSON.parse(await readFile(join(lab.data, "vault-k8s", cluster, "init.json"), "utf8")) as { root_token: string; unseal_keys_b64: string[] };
}

/** Address of Vault's load balancer in a cluster. */
export async function vaultAddress(lab: LabState, context: string): Promise<string> {
  const service = await kubectlJson<{ status: { loadBalancer: { ingress: { ip: string }[] } } }>(lab, context, ["get", "service", "vault-ui", "-n", "vault"]);
  return `http://${service.status.loadBalancer.ingress[0]!.ip}:8200`;
}

/** HashiCorp's own command, as root, against the Vault of a cluster. */
export async function vaultCli(lab: LabState, cluster: string, args: readonly string[], input = ""): Promise<Ran> {
  const { root_token } = await keyFile(lab, cluster);
  return inLab(lab, ["vault", ...args], { input, env: { VAULT_ADDR: await vaultAddress(lab, cluster), VAULT_TOKEN: root_token } });
}

/** `vault read -format=json PATH`; undefined where there is nothing. */
export async function vaultRead(lab: LabState, cluster: string, path: string): Promise<Record<string, unknown> | undefined> {
  const { exitCode, stdout, stderr } = await vaultCli(lab, cluster, ["read", "-format=json", path]);
  if (exitCode === 2 && stderr.includes("No value found")) return undefined;
  if (exitCode !== 0) throw new Error(stderr);
  return (JSON.parse(stdout) as { data: Record<string, unknown> }).data;
}
