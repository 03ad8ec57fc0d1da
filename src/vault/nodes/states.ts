import type { CliError } from "../../core/errors.ts";
import { fact, isKnown } from "../../core/fact.ts";
import { kinds, notYet } from "../../errors.ts";
import type { NodesReader, Readers, SealStatus, VaultNode } from "../../systems/world.ts";

/**
 * How one Vault node is, from its own sys/seal-status. `unsealed` is told apart into active and standby by `roleOf`. A node that joins
 * counts as sealed until the leader has let it in.
 */
export type NodeState =
  | { readonly state: "uninitialised" | "sealed" | "unsealed" | "removed"; readonly node: VaultNode; readonly seal: SealStatus }
  | { readonly state: "unreachable"; readonly node: VaultNode; readonly why: string; readonly error?: CliError };

export type Answering = Extract<NodeState, { seal: SealStatus }>;
export type Unreachable = Extract<NodeState, { why: string }>;

/** Every node as it answers, or why it does not. Throws when none answers: the error of the first that runs, or NotYet VK1207. */
export async function nodeStates(nodes: NodesReader): Promise<NodeState[]> {
  const states = await Promise.all((await known(nodes)).map((node) => stateOf(nodes, node)));
  if (states.some(answers)) return states;
  const errors = states.flatMap((state) => (isUnreachable(state) && state.error !== undefined ? [state.error] : []));
  throw (
    errors[0] ??
    notYet(kinds.vaultNotInstalled, {
      what: `No Vault pod answers: ${states.map(said).join("; ")}`,
      fix: "vault-k8s install waits for them and says why they do not run.",
    })
  );
}

/** Each version that a running node has. */
export async function nodeVersions(nodes: NodesReader): Promise<string[]> {
  const running = (await nodes.nodes()).filter(({ phase }) => phase === "Running");
  return [...new Set(await Promise.all(running.map(async (node) => (await nodes.sealStatus(node)).version)))].sort();
}

async function known(nodes: NodesReader): Promise<VaultNode[]> {
  const all = await nodes.nodes();
  if (all.length > 0) return all;
  throw notYet(kinds.vaultNotInstalled, {
    what: "There are no Vault pods",
    fix: "vault-k8s install makes them; --install-namespace and --release say where they are.",
  });
}

/** One node as it answers, or why it does not. */
export async function stateOf(nodes: NodesReader, node: VaultNode): Promise<NodeState> {
  if (node.phase !== "Running") return { state: "unreachable", node, why: `its pod is ${node.phase}` };
  const seal = await fact(() => nodes.sealStatus(node));
  if (isKnown(seal)) return { state: stateIn(seal.value), node, seal: seal.value };
  return { state: "unreachable", node, why: seal.unknown, ...(seal.error && { error: seal.error }) };
}

function stateIn(seal: SealStatus): Answering["state"] {
  if (seal.removed_from_cluster === true) return "removed";
  if (!seal.initialized) return "uninitialised";
  return seal.sealed ? "sealed" : "unsealed";
}

export const answers = (state: NodeState): state is Answering => state.state !== "unreachable";
export const isUnreachable = (state: NodeState): state is Unreachable => state.state === "unreachable";

/** Those of the names that have no pod. */
export function missing(states: readonly NodeState[], names: readonly string[]): Unreachable[] {
  const there = new Set(states.map(({ node }) => node.name));
  return names
    .filter((name) => !there.has(name))
    .map((name) => ({ state: "unreachable", node: { name, peerAddress: "", phase: "Missing" }, why: "its pod is not there" }) as const);
}

/** A node in a sentence. */
export const said = (state: NodeState): string => `${state.node.name} is ${state.state}${isUnreachable(state) ? ` (${state.why})` : ""}`;

/** Whether an unsealed node leads, follows, or stands alone. */
export async function roleOf(nodes: NodesReader, node: VaultNode): Promise<"active" | "standby" | "standalone"> {
  const leader = await nodes.leader(node);
  if (!leader.ha_enabled) return "standalone";
  return leader.is_self ? "active" : "standby";
}

/**
 * Nodes that nothing can be done with here, each with what to do; they do not keep the others from their work.
 * @param remove the command that deletes something of Vault's
 */
export function setAside(states: readonly NodeState[], remove: string): string[] {
  return states.flatMap((state) => {
    if (state.state === "removed")
      return [
        `${state.node.name} was removed from the cluster and cannot come back with its data: delete its volume and its pod (${remove} pvc data-${state.node.name} --wait=false; ${remove} pod ${state.node.name}), then run the same command again: it joins`,
      ];
    return isUnreachable(state) ? [said(state)] : [];
  });
}

/** All unsealed nodes must be of one Vault: the one that the keys belong to, where that is known. Ids by node name. */
export async function clusterIds(read: Readers, states: readonly NodeState[]): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  const recorded = await read.keys.vaultClusterId();
  if (recorded !== undefined) ids.set("the keys", recorded);
  for (const { node, seal } of states.filter(answers)) if (seal.cluster_id !== undefined) ids.set(node.name, seal.cluster_id);
  return ids;
}
