import type { Spec } from "../../config/spec.ts";
import { helmClient } from "../../systems/helm/client.ts";
import { plan, whereOf, type OpenOptions } from "./choice.ts";
import { proofsFromHere } from "../../systems/proofs.ts";
import { vaultClient } from "../../systems/vault/client.ts";
import { tokenSource } from "./token.ts";
import { vaultSide } from "./vault-side.ts";
import type { Writers } from "../../systems/world.ts";

export type { OpenOptions } from "./choice.ts";

/** The world of a run; `close` ends its connections, so that the process can end by itself. */
export interface World extends Writers {
  close(): Promise<void>;
}

/**
 * Puts the clients together as the spec says. Only files are read; nothing is sent before the first use.
 * @throws CliError VK1001, VK1004, VK1006, VK1101, VK1102 for what does not hold together.
 */
export async function openWorld(spec: Spec, options: OpenOptions = {}): Promise<World> {
  const planned = await plan(spec, options);
  const { kube, vaultKube, keys, env, home } = planned;
  const { route, nodes, agents } = vaultSide(planned);
  // The root token in the key file is of the pods' own Vault, and is shown to no other.
  const token = tokenSource({ file: spec.vault.tokenFile, env, home, keys: vaultKube === undefined ? undefined : keys });
  const told = { signal: options.signal, onRequest: options.onRequest };
  return {
    where: whereOf(planned),
    kube: kube.client,
    vaultKube: vaultKube?.client,
    vault: vaultClient({ route, token, namespace: spec.vault.namespace, patience: { signal: options.signal } }),
    nodes,
    helm: helmClient(
      {
        ...told,
        program: spec.helm,
        env,
        cwd: options.cwd ?? process.cwd(),
        kubeconfig: spec.kubernetes.kubeconfig,
        context: kube.client.context,
      },
      kube.client,
    ),
    keys,
    holders: options.holders,
    proofs: proofsFromHere({ ...told, timeoutMs: options.timeoutMs }),
    close: async () => {
      for (const agent of agents) agent.destroy();
      await Promise.all([...new Set([kube, vaultKube])].map((opened) => opened?.wire.close()));
    },
  };
}
