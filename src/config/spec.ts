import type { Settings } from "./fields.ts";
import { consumersOf, type Consumers } from "./spec/consumer.ts";
import { runOf, type RunSpec } from "./spec/run.ts";
import { vaultOf, type VaultSpec } from "./spec/vault.ts";
import { wiringOf, type WiringSpec } from "./spec/wiring.ts";

/** What is wanted of one cluster, as a tree: all that the rest of the program reads of the settings. */
export interface Spec {
  /** Undefined where only Vault is asked about. */
  readonly cluster: string | undefined;
  readonly kubernetes: KubernetesSpec;
  /** The helm program. */
  readonly helm: string;
  readonly vault: VaultSpec;
  readonly wiring: WiringSpec;
  /** Those that get secrets from Vault into the cluster, each with its own account, login, stores and secrets. */
  readonly consumers: Consumers;
  readonly run: RunSpec;
}

/** How the cluster is reached that is wired. */
interface KubernetesSpec {
  readonly context: string | undefined;
  /** A file; undefined for what kubectl would take. */
  readonly kubeconfig: string | undefined;
}

/** The one place where the flat settings become the tree. Flags and file keys of today say the first consumer. @throws CliError VK1004 */
export const specOf = (settings: Settings): Spec => ({
  cluster: settings.cluster,
  kubernetes: { context: settings.context, kubeconfig: settings.kubeconfig },
  helm: settings.helm,
  vault: vaultOf(settings),
  wiring: wiringOf(settings),
  consumers: consumersOf(settings),
  run: runOf(settings),
});

/**
 * For a run that only reads: where no node is named, the address stands for one. Reading one node is safe behind any address, since whichever
 * answers tells how it is.
 */
export const askingTheAddress = (spec: Spec): Spec => ({ ...spec, vault: { ...spec.vault, nodes: nodesOf(spec.vault) } });

const nodesOf = ({ address, nodes }: VaultSpec): readonly string[] => (address === undefined || nodes.length > 0 ? nodes : [address]);
