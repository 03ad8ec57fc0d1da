import type { Agent } from "node:http";
import type { Settings } from "../config/fields.ts";
import type { OpenOptions } from "./open.ts";
import { addressServer, addressSite } from "./vault/address.ts";
import { vaultNodes } from "./vault/nodes.ts";
import { readCa } from "./where.ts";
import type { NodesReader } from "./world.ts";

/** Vault servers at addresses, without any cluster: what can be asked of them without a token. */
export interface OpenedNodes {
  readonly title: string;
  readonly nodes: NodesReader;
  close(): void;
}

/** Opens the addresses of `--vault-node`, or the one of `--vault-addr`; whichever server answers there tells how it is. */
export async function openNodes(
  { vaultAddr, vaultNodes: addresses, caCert }: Settings,
  { signal, onRequest, timeoutMs = 15_000 }: OpenOptions,
): Promise<OpenedNodes> {
  const agents = new Set<Agent>();
  const ca = await readCa(caCert);
  const known = addresses.length > 0 || vaultAddr === undefined ? addresses : [vaultAddr];
  const site = addressSite(known.map((address) => addressServer(address, { ca, signal, onRequest, timeoutMs, agents })));
  return {
    title: site.title,
    nodes: vaultNodes(site),
    close: () => {
      for (const agent of agents) agent.destroy();
    },
  };
}
