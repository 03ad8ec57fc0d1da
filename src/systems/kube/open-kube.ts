import { homeOrNowhere } from "../../core/home.ts";
import type { KubeWriter } from "../world.ts";
import { kubeClient } from "./client.ts";
import { chooseContext } from "./context.ts";
import { readKubeconfig } from "./kubeconfig.ts";
import { kubeWire, type KubeWire, type WireOptions } from "./wire.ts";

export interface KubeChoice {
  /** Kubeconfig file; without it KUBECONFIG, then ~/.kube/config. */
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  /** The cluster's name, which a context may fit. */
  readonly cluster?: string | undefined;
}

/** A client with the wire that it uses. */
export interface OpenedKube {
  readonly client: KubeWriter;
  readonly wire: KubeWire;
}

/**
 * Chooses the context and makes a client of it; sends nothing.
 * @throws CliError VK1101 (kubeconfig), VK1102 (unknown context), VK1006 (which context?).
 */
export async function openKube(
  choice: KubeChoice,
  options: Partial<WireOptions> & { home?: string | undefined } = {},
): Promise<OpenedKube> {
  const env = options.env ?? process.env;
  const config = await readKubeconfig(choice.kubeconfig, env, options.home ?? homeOrNowhere(env));
  const wire = kubeWire(chooseContext(config, choice.context, choice.cluster), { ...options, env });
  return { wire, client: kubeClient(wire) };
}
