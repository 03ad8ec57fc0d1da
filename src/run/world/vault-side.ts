import type { Agent } from "node:http";
import type { Plan } from "./choice.ts";
import type { Asked } from "../../systems/asked-once/kept.ts";
import type { NodesWriter } from "../../systems/world.ts";
import { activeRoute } from "../../systems/vault/active.ts";
import { addressRoute, addressServer, addressSite } from "../../systems/vault/address.ts";
import { noNodes, vaultNodes } from "../../systems/vault/nodes.ts";
import { podSite } from "../../systems/vault/pods.ts";
import type { VaultRoute, VaultSite } from "../../systems/vault/server.ts";

/** The two views of Vault, as one service and node by node, and the agents to end after the run. */
export interface VaultSide {
  readonly route: VaultRoute;
  readonly nodes: Asked<NodesWriter>;
  readonly agents: ReadonlySet<Agent>;
}

const exchangeMs = 60_000;
const startMs = 15_000;
const election = { withinMs: 15_000, everyMs: 500 };

/** Chooses how Vault is reached. Throws VK1004 for an address that is none. */
export function vaultSide({ spec: { vault }, options, env, vaultKube, vaultIs, ca, client, trust }: Plan): VaultSide {
  const agents = new Set<Agent>();
  const shared = {
    ca,
    client,
    env,
    agents,
    timeoutMs: options.timeoutMs ?? exchangeMs,
    signal: options.signal,
    onRequest: options.onRequest,
    ways: options.ways,
  };
  const atMost = (ms: number): number => Math.min(ms, options.patienceMs ?? ms);
  const overSite = (site: VaultSite): VaultSide => ({
    agents,
    nodes: askedNodes(site),
    route: activeRoute(site, { ...election, withinMs: atMost(election.withinMs), signal: options.signal }),
  });
  if (vaultKube !== undefined)
    return overSite(
      podSite(vaultKube, vaultKube.wire, {
        ...shared,
        startMs: atMost(startMs),
        trust,
        secureByDefault: ca !== undefined || vault.tls.enabled,
        namespace: vault.install.namespace,
        release: vault.install.release,
      }),
    );
  const nodes = addressSite(vault.nodes.map((address) => addressServer(address, shared)));
  if (vault.address === undefined || vaultIs !== "address") return overSite(nodes);
  const route = addressRoute(addressServer(vault.address, shared));
  const none = noNodes(vault.address);
  return { agents, route, nodes: vault.nodes.length > 0 ? askedNodes(nodes) : { once: none, anew: none } };
}

const askedNodes = (site: VaultSite): Asked<NodesWriter> => ({ once: vaultNodes(site), anew: vaultNodes(site, { anew: true }) });
