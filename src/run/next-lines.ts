import { keepCa } from "./world/ca-file.ts";
import { ingressCa } from "./world/consumer-address.ts";
import type { KubeReader, Readers } from "../systems/world.ts";
import { inOrder } from "../core/in-order.ts";
import { word } from "../core/shell.ts";
import type { Spec } from "../config/spec.ts";
import type { InstallSpec } from "../config/spec/install.ts";
import type { VaultSpec } from "../config/spec/vault.ts";
import type { Environment } from "../config/environment.ts";
import { kubectlIn } from "../systems/kubectl.ts";

/** What a person types next to reach the Vault that was set up: the vault command's own variables. Writes the CA to the user's data folder. */
export async function nextLines({ cluster = "vault", vault }: Spec, world: Readers, env: Environment): Promise<readonly string[]> {
  const { address, first, ca } = await reach(vault, world);
  const file = vault.address !== undefined ? vault.caCert : ca === undefined ? undefined : await keepCa(cluster, ca, env);
  return [
    ...(first === undefined ? [] : [first]),
    `export VAULT_ADDR=${word(address)}`,
    ...(file === undefined ? [] : [`export VAULT_CACERT=${word(file)}`]),
    // The vault command tries once unless it is told otherwise, and a port-forward listens a moment after it was typed.
    `${first === undefined ? "" : "VAULT_MAX_RETRIES=9 "}vault status`,
  ];
}

/** Asks what the lines rest on, for a look that keeps it. */
export async function askedForNext({ vault: { address, install } }: Spec, { vaultKube }: Readers): Promise<void> {
  if (address !== undefined || vaultKube === undefined) return;
  await Promise.all([ofRelease(install, vaultKube, ...ingresses), ofRelease(install, vaultKube, ...services)]);
}

/** Where a person finds Vault's web UI, and what to type first where it has no address of its own. */
export async function uiLines({ vault, wiring }: Spec, world: Readers): Promise<readonly string[]> {
  const { address, first } = await reach(vault, world);
  return [`or in Vault's UI: ${address}/ui/vault/secrets/${wiring.kv.mount}${first === undefined ? "" : `, after ${first}`}`];
}

interface Reach {
  readonly address: string;
  /** What makes the address reachable. */
  readonly first?: string | undefined;
  readonly ca?: string | undefined;
}

async function reach(vault: VaultSpec, { nodes, vaultKube, where }: Readers): Promise<Reach> {
  const { address, install } = vault;
  if (address !== undefined || vaultKube === undefined) return { address: address ?? "" };
  const [node] = await nodes.nodes();
  const peer = new URL(node?.peerAddress ?? "http://vault-0:8200");
  const [byIngress, balancer] = await inOrder([ingressReach(vault, vaultKube), loadBalancer(install, vaultKube, peer)]);
  if (byIngress !== undefined) return byIngress;
  const ca = peer.protocol === "https:" ? await where.vaultCa() : undefined;
  if (balancer !== undefined) return { address: balancer, ca };
  const service = `${(node?.name ?? "vault-0").replace(/-\d+$/, "")}-active`;
  return {
    address: `${peer.protocol}//127.0.0.1:8200`,
    ca,
    first: `${kubectlIn(vaultKube.context)} -n ${install.namespace} port-forward svc/${service} 8200:${peer.port || "8200"} &`,
  };
}

/** An Ingress without TLS is none, unless http was asked for, or its controller is said to end TLS by itself: a token goes by it. */
async function ingressReach({ install, consumerAddress, tls }: VaultSpec, kube: KubeReader): Promise<Reach | undefined> {
  const [found] = await ofRelease(install, kube, ...ingresses);
  const spec = found?.["spec"] as { rules?: { host?: string }[]; tls?: unknown[] } | undefined;
  const host = spec?.rules?.[0]?.host;
  if (found === undefined || host === undefined) return undefined;
  if ((spec?.tls ?? []).length > 0) return { address: `https://${host}`, ca: await ingressCa(kube, found) };
  if (consumerAddress !== undefined && new URL(consumerAddress).hostname === host) return { address: consumerAddress };
  return tls.enabled ? undefined : { address: `http://${host}` };
}

async function loadBalancer(install: InstallSpec, kube: KubeReader, peer: URL): Promise<string | undefined> {
  for (const service of await ofRelease(install, kube, ...services)) {
    const { loadBalancer: balancer } = (service["status"] ?? {}) as { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } };
    const [entry] = balancer?.ingress ?? [];
    const host = entry?.hostname ?? entry?.ip;
    if (host !== undefined) return `${peer.protocol}//${host.includes(":") ? `[${host}]` : host}:8200`;
  }
  return undefined;
}

const ingresses = ["networking.k8s.io/v1", "Ingress"] as const;
const services = ["v1", "Service"] as const;

const ofRelease = ({ namespace, release }: InstallSpec, kube: KubeReader, apiVersion: string, kind: string) =>
  kube.list({ apiVersion, kind, namespace, labelSelector: `app.kubernetes.io/instance=${release}` });
