import type { Agent } from "node:http";
import type { VaultSpec } from "../../config/spec/vault.ts";
import { clientOf } from "./choice.ts";
import type { OpenOptions } from "./open.ts";
import { Looks } from "../../systems/asked-once/answers.ts";
import { keptIn } from "../../systems/asked-once/kept.ts";
import { keptNodes, keptVault } from "../../systems/asked-once/vault.ts";
import { homeOrNowhere } from "../../core/home.ts";
import { activeRoute } from "../../systems/vault/active.ts";
import { addressRoute, addressServer, addressSite } from "../../systems/vault/address.ts";
import { vaultClient } from "../../systems/vault/client.ts";
import { vaultNodes } from "../../systems/vault/nodes.ts";
import { tokenSource } from "./token.ts";
import { readCa } from "./which-vault.ts";
import type { NodesReader, VaultReader } from "../../systems/world.ts";

/** Vault servers at addresses, without any cluster. */
export interface OpenedNodes {
  readonly title: string;
  readonly nodes: NodesReader;
  readonly vault: VaultReader;
  /** Whether there is a token, so that `vault` can be asked. */
  readonly mayHaveToken: boolean;
  /** While `work` runs each question is asked once. */
  look<T>(work: () => Promise<T>): Promise<T>;
  close(): void;
}

/** Opens the addresses of `--vault-node`, or the one of `--vault-addr`; whichever server answers there tells how it is. */
export async function openNodes(
  { address, nodes: addresses, caCert, tokenFile: file, namespace }: VaultSpec,
  { signal, onRequest, notice, timeoutMs = 15_000, env = process.env, home = homeOrNowhere(env) }: OpenOptions,
): Promise<OpenedNodes> {
  const agents = new Set<Agent>();
  const client = await clientOf(env, { notice });
  const ca = (await readCa(caCert)) ?? client.ca;
  const known = addresses.length > 0 || address === undefined ? addresses : [address];
  const open = (one: string) => addressServer(one, { ca, client, env, signal, onRequest, timeoutMs, agents });
  const site = addressSite(known.map(open));
  const route = address === undefined ? activeRoute(site, { withinMs: 0, everyMs: 500, signal }) : addressRoute(open(address));
  const token = tokenSource({ file, env, home, keys: undefined });
  const looks = new Looks();
  const answers = looks.answers();
  const kept = keptIn(answers, [answers]);
  const nodes = vaultNodes(site);
  return {
    title: site.title,
    nodes: keptNodes({ once: nodes, anew: nodes }, kept).once,
    vault: keptVault(vaultClient({ route, token, namespace, patience: { signal } }), kept).once,
    mayHaveToken:
      file !== undefined ||
      (await token().then(
        () => true,
        () => false,
      )),
    look: (work) => looks.during(work),
    close: () => {
      for (const agent of agents) agent.destroy();
    },
  };
}
