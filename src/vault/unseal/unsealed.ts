import { CliError } from "../../core/errors.ts";
import { same, type Diff } from "../../core/resource.ts";
import { kinds, notYet } from "../../errors.ts";
import type { Readers } from "../../systems/world.ts";
import type { AppResource } from "../../systems/step.ts";
import { withLease } from "../../kubernetes/lease.ts";
import { kubectlAtVault } from "../../kubernetes/kubectl.ts";
import type { ReleasePlace } from "../../systems/vault-pods.ts";
import { ignoredPods } from "../pods.ts";
import { leaderWithin } from "../nodes/leader.ts";
import { refuseSplitBrain } from "../nodes/split-brain.ts";
import { unsealByHolders, type Alone } from "./by-holders.ts";
import { sharesInCustody } from "./keys.ts";
import { unsealNode, type Unsealing } from "./node.ts";
import type { Watched } from "./watched.ts";
import { unsealCommand } from "./command.ts";
import { answers, nodeStates, setAside, type Answering, type NodeState } from "../nodes/states.ts";

/**
 * All nodes joined and unsealed, each by itself: no request of this kind is passed on between nodes.
 * @param of which Vault: no two runs give keys to a pod of it at the same time
 * @param watched what a run remembers that does this again and again
 */
export function vaultUnsealed(withinMs: number, of: ReleasePlace, watched?: Watched): AppResource {
  return {
    id: "vault sys/unseal",
    diff: (read) => diffUnseal(read, of, watched),
    apply: (write, say) => applyUnseal({ write, withinMs, say, watched }, of),
    command: () => unsealCommand(Math.ceil(withinMs / 1000)),
  };
}

/** Nodes that can be unsealed, or join and then be unsealed. */
const closed = (states: readonly NodeState[]): Answering[] =>
  states.filter(answers).filter(({ state }) => state === "sealed" || state === "uninitialised");

async function diffUnseal(read: Readers, place: ReleasePlace, watched: Watched | undefined): Promise<Diff> {
  const states = await nodeStates(read.nodes);
  if (!states.some(({ state }) => state === "sealed" || state === "unsealed"))
    throw notYet(kinds.vaultUninitialised, { what: "No Vault node is initialised", fix: "vault-k8s operator init does it, once." });
  await refuseSplitBrain(read, states);
  const [aside, ignored] = [setAside(states, kubectlAtVault(read, `delete -n ${place.namespace}`)), await ignoredPods(read, place)];
  const { todo, left } = await apart(read, states, watched);
  if (todo.length === 0) return same(inOne([...left, ...aside, ...ignored]));
  return {
    kind: "update",
    note: inOne([...left, ...ignored]),
    changes: todo.map(({ node, state }) => ({ field: node.name, before: state === "sealed" ? "sealed" : "not joined", after: "unsealed" })),
  };
}

/** What is to be unsealed, and why other nodes are left alone. */
async function apart(
  read: Readers,
  states: readonly NodeState[],
  watched: Watched | undefined,
): Promise<{ todo: Answering[]; left: string[] }> {
  const all = closed(states);
  const left = await watched?.left(read, all);
  return { todo: all.filter(({ node }) => left?.has(node.name) !== true), left: [...(left?.values() ?? [])] };
}

const inOne = (words: readonly string[]): string | undefined => (words.length === 0 ? undefined : words.join("; "));

async function applyUnseal(unsealing: Unsealing, of: ReleasePlace): Promise<void> {
  const { write, say, watched } = unsealing;
  const { namespace } = of;
  const states = await nodeStates(write.nodes);
  for (const words of setAside(states, kubectlAtVault(write, `delete -n ${namespace}`))) say(words);
  const shares = await sharesFor(unsealing, states);
  const alone = <T>(work: () => Promise<T>): Promise<T> => withLease(write.vaultKube, of, { say, without: "go on" }, work);
  if (shares === undefined) await unsealByHolders(unsealing, alone);
  else await unsealWith(unsealing, (await apart(write, states, watched)).todo, shares, alone);
  await refuseSplitBrain(write, await nodeStates(write.nodes));
  // Steps that follow need a Vault that answers, not only open ones.
  await leaderWithin(write, unsealing.withinMs);
}

/** The shares from custody; none where Vault unseals itself; undefined where the holders are to give them. Throws VK1504 where nobody can. */
async function sharesFor({ write }: Unsealing, states: readonly NodeState[]): Promise<readonly string[] | undefined> {
  if (states.some((state) => answers(state) && state.seal.recovery_seal === true)) return [];
  if (write.holders?.insist === true) return undefined;
  const found = await sharesInCustody(write);
  if (found.kind === "enough") return found.shares;
  if (write.holders === undefined) throw found.why;
  return undefined;
}

/**
 * One node that cannot be unsealed does not keep the others sealed; what was wrong with it is told at the end.
 * @param alone does its work while no other run does: node by node, so that nobody waits while this one does
 */
async function unsealWith(unsealing: Unsealing, todo: readonly Answering[], shares: readonly string[], alone: Alone): Promise<void> {
  const failed: CliError[] = [];
  const each = async (nodes: readonly Answering[], work: (state: Answering) => Promise<void>): Promise<void> => {
    for (const state of nodes) await alone(() => work(state)).catch((error: unknown) => failed.push(oneNodes(error)));
  };
  await each(
    todo.filter(({ state }) => state === "sealed"),
    ({ node }) => unsealNode(unsealing, node, shares),
  );
  const newcomers = todo.filter(({ state }) => state === "uninitialised");
  if (newcomers.length > 0 && (await someUnsealed(unsealing))) await each(newcomers, (state) => join(unsealing, state, shares));
  const [first] = failed;
  if (first !== undefined) throw first;
}

const someUnsealed = async ({ write }: Unsealing): Promise<boolean> =>
  (await nodeStates(write.nodes)).some(({ state }) => state === "unsealed");

/** What concerns one node only. Throws anything else. */
function oneNodes(error: unknown): CliError {
  if (error instanceof CliError && ![kinds.interrupted, kinds.splitBrain, kinds.runUnderWay].some((kind) => kind === error.kind))
    return error;
  throw error;
}

async function join(unsealing: Unsealing, { node }: Answering, shares: readonly string[]): Promise<void> {
  const { write, withinMs, say } = unsealing;
  const leader = await leaderWithin(write, withinMs);
  say(`${node.name} joins ${leader.name}`);
  await write.nodes.join(node, leader.peerAddress, await write.where.vaultCa());
  await unsealNode(unsealing, node, shares);
}
