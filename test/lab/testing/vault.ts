import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LabState } from "../api.ts";
import { inLab, kubectl, kubectlJson, type Ran } from "./product.ts";

/** What `operator init` wrote for a cluster. */
export async function keyFile(lab: LabState, cluster: string): Promise<{ root_token: string; unseal_keys_b64: string[] }> {
  return JSON.parse(await readFile(join(lab.data, "vault-k8s", cluster, "init.json"), "utf8")) as {
    root_token: string;
    unseal_keys_b64: string[];
  };
}

/** The IP address of Vault's load balancer in a cluster. */
export async function balancerAddress(lab: LabState, context: string): Promise<string> {
  const service = await kubectlJson<{ status: { loadBalancer: { ingress: { ip: string }[] } } }>(lab, context, [
    "get",
    "service",
    "vault-ui",
    "-n",
    "vault",
  ]);
  return service.status.loadBalancer.ingress[0]!.ip;
}

/** Address of Vault at its load balancer in a cluster. */
export async function vaultAddress(lab: LabState, context: string): Promise<string> {
  const [ca, ip] = await Promise.all([caOf(lab, context), balancerAddress(lab, context)]);
  return `${ca === undefined ? "http" : "https"}://${ip}:8200`;
}

/** The CA of a cluster's Vault as it is now; undefined where it speaks http. */
async function caOf(lab: LabState, cluster: string): Promise<string | undefined> {
  const text = await kubectl(lab, cluster, ["get", "secret", "vault-tls", "-n", "vault", "--ignore-not-found", "-o", "json"]);
  if (text.trim() === "") return undefined;
  return Buffer.from((JSON.parse(text) as { data: Record<string, string> }).data["ca.crt"] ?? "", "base64").toString();
}

/** A file with the CA of a cluster's Vault, as it is now. It is empty where Vault speaks http, and must then not be named. */
export async function caFile(lab: LabState, cluster: string): Promise<string> {
  const file = join(lab.data, `ca-of-${cluster}.crt`);
  await writeFile(file, (await caOf(lab, cluster)) ?? "");
  return file;
}

/** How the vault command reaches a cluster's Vault: its variables. */
export async function reach(lab: LabState, cluster: string): Promise<Record<string, string>> {
  const address = await vaultAddress(lab, cluster);
  return { VAULT_ADDR: address, ...(address.startsWith("https:") && { VAULT_CACERT: await caFile(lab, cluster) }) };
}

/** The token that took over from the root token, where one is kept. */
export async function keptToken(lab: LabState, cluster: string): Promise<string | undefined> {
  const text = await readFile(join(lab.data, "vault-k8s", cluster, "init.json.token"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { token: string }).token;
}

/** HashiCorp's own command with a token, against the Vault of a cluster. */
export async function vaultAs(lab: LabState, cluster: string, token: string, args: readonly string[], input = ""): Promise<Ran> {
  return inLab(lab, ["vault", ...args], {
    input,
    env: { ...(await reach(lab, cluster)), VAULT_TOKEN: token },
  });
}

const roots = new Map<string, Promise<string>>();

/** A root token: the one of init was retired by bootstrap, so one is made from the unseal keys, once for each Vault. */
export function rootToken(lab: LabState, cluster: string): Promise<string> {
  const key = `${lab.folder} ${cluster}`;
  const known = roots.get(key) ?? generateRoot(lab, cluster);
  roots.set(key, known);
  known.catch(() => roots.delete(key));
  return known;
}

/** `vault operator generate-root`, which Vault before 2.0 allows to whoever has the unseal keys. */
export async function generateRoot(lab: LabState, cluster: string): Promise<string> {
  const { unseal_keys_b64: keys } = await keyFile(lab, cluster);
  const run = async (args: readonly string[], input = ""): Promise<string> => {
    const { exitCode, stdout, stderr } = await vaultAs(lab, cluster, "", ["operator", "generate-root", ...args], input);
    if (exitCode !== 0) throw new Error(stderr);
    return stdout;
  };
  await run(["-cancel"]);
  const { nonce, otp } = JSON.parse(await run(["-init", "-format=json"])) as { nonce: string; otp: string };
  let encoded = "";
  for (const key of keys.slice(0, 3)) {
    const answer = JSON.parse(await run(["-format=json", `-nonce=${nonce}`, "-"], key)) as {
      encoded_token?: string;
      encoded_root_token?: string;
    };
    encoded = answer.encoded_token ?? answer.encoded_root_token ?? "";
  }
  return (await run([`-decode=${encoded}`, `-otp=${otp}`])).trim();
}

/** HashiCorp's own command, as root, against the Vault of a cluster. */
export const vaultCli = async (lab: LabState, cluster: string, args: readonly string[], input = ""): Promise<Ran> =>
  vaultAs(lab, cluster, await rootToken(lab, cluster), args, input);

/** `vault read -format=json PATH`; undefined where there is nothing. */
export async function vaultRead(lab: LabState, cluster: string, path: string): Promise<Record<string, unknown> | undefined> {
  const { exitCode, stdout, stderr } = await vaultCli(lab, cluster, ["read", "-format=json", path]);
  if (exitCode === 2 && stderr.includes("No value found")) return undefined;
  if (exitCode !== 0) throw new Error(stderr);
  return (JSON.parse(stdout) as { data: Record<string, unknown> }).data;
}
