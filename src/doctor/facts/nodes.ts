import { fact, isKnown, type Fact } from "../../core/fact.ts";
import type { NodeFact } from "../../consumers/diagnosis/evidence.ts";
import type { NodesReader, Readers, VaultNode } from "../../systems/world.ts";
import { answers, roleOf, stateOf, type NodeState } from "../../vault/nodes/states.ts";

/** What an unsealed node is among the others, or why it does not say it. */
type NodeRole = Fact<Awaited<ReturnType<typeof roleOf>>>;

/** What was seen of one node. */
export interface NodeSeen {
  readonly node: VaultNode;
  readonly state: NodeState;
  /** Undefined where it is sealed, or does not answer. */
  readonly role: NodeRole | undefined;
}

/** One Vault node as it answers. */
export async function nodeSeen(nodes: NodesReader, node: VaultNode): Promise<NodeSeen> {
  const state = await stateOf(nodes, node);
  return { node, state, role: isOpen(state) ? await fact(() => roleOf(nodes, node)) : undefined };
}

const isOpen = (state: NodeState): boolean => answers(state) && state.seal.initialized && !state.seal.sealed;

/** Every node, in the words of a diagnosis. Throws where the nodes are not known. */
export const nodeFacts = async ({ nodes }: Readers): Promise<NodeFact[]> =>
  (await Promise.all((await nodes.nodes()).map((node) => nodeSeen(nodes, node)))).map(nodeFact);

function nodeFact({ node: { name, phase }, state, role }: NodeSeen): NodeFact {
  if (phase !== "Running") return { name, state: "not running", detail: phase };
  if (state.state === "unreachable") return { name, state: "not reachable", detail: state.why };
  const { initialized, sealed, progress, t } = state.seal;
  if (!initialized) return { name, state: "not initialised", detail: undefined };
  if (sealed) return { name, state: "sealed", detail: `${progress} of ${t} keys given` };
  if (role !== undefined && !isKnown(role)) return { name, state: "not reachable", detail: role.unknown };
  return { name, state: role?.value ?? "standby", detail: undefined };
}
