import { CliError } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import type { KeyHolders, SealStatus, VaultNode } from "../../systems/world.ts";
import { leaderNow, leaderWithin } from "../nodes/leader.ts";
import { isWrongKey, waitUnsealed, type Unsealing } from "./node.ts";
import { parseShare } from "./share.ts";
import { answers, nodeStates, type Answering } from "../nodes/states.ts";

/** What the holders have given so far. It stays in memory until all nodes have it, and is kept nowhere. */
interface Given {
  readonly shares: string[];
  /** How many of them each node has got. */
  readonly sent: Map<string, number>;
}

/** Does work while no other run works on the same Vault. */
export type Alone = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Unseals every node with keys that people give, one after the other; each goes to every node that is sealed. A holder may give one key
 * and leave: Vault remembers it until the next one comes. While a person is waited for, nobody is kept out.
 * @throws CliError VK1508 when more are needed and nobody gives one, VK1505 when they do not fit together, VK1511.
 */
export async function unsealByHolders(unsealing: Unsealing, alone: Alone): Promise<void> {
  const { write } = unsealing;
  const { holders } = write;
  if (holders === undefined) return;
  const given: Given = { shares: [], sent: new Map() };
  for (;;) {
    const open = await alone(() => handOn(unsealing, given));
    if (open.length === 0) return;
    const share = await nextShare(holders, open);
    if (share === undefined) throw moreKeys(open);
    if (given.shares.includes(share)) unsealing.say("That key was given already");
    else given.shares.push(share);
  }
}

/** Gives every sealed node what it has not got yet; nodes that are new join first, once there is a leader. Returns those that stay sealed. */
async function handOn(unsealing: Unsealing, given: Given): Promise<Answering[]> {
  for (const { node } of await inState(unsealing, "sealed")) await giveTo(unsealing, node, given);
  const newcomers = await inState(unsealing, "uninitialised");
  const sealed = await inState(unsealing, "sealed");
  if (newcomers.length === 0) return sealed;
  const leader = sealed.length === 0 ? await leaderWithin(unsealing.write, unsealing.withinMs) : await leaderNow(unsealing.write);
  if (leader === undefined) return [...sealed, ...newcomers];
  for (const { node } of newcomers) {
    unsealing.say(`${node.name} joins ${leader.name}`);
    await unsealing.write.nodes.join(node, leader.peerAddress, await unsealing.write.where.vaultCa());
    await giveTo(unsealing, node, given);
  }
  return inState(unsealing, "sealed");
}

async function inState({ write }: Unsealing, wanted: Answering["state"]): Promise<Answering[]> {
  return (await nodeStates(write.nodes)).filter(answers).filter(({ state }) => state === wanted);
}

async function giveTo(unsealing: Unsealing, node: VaultNode, given: Given): Promise<void> {
  const { write, say } = unsealing;
  for (let index = given.sent.get(node.name) ?? 0; index < given.shares.length; index += 1) {
    const before = await write.nodes.sealStatus(node);
    given.sent.set(node.name, index + 1);
    const after = await write.nodes
      .unseal(node, given.shares[index] ?? "")
      .catch((error: unknown) => doNotFit(error, unsealing, node, given));
    if (after === undefined) return;
    say(progress(node, after));
    // All keys are there: what is still sealed now is joining.
    if (!after.sealed || (after.progress === 0 && before.progress === before.t - 1)) return waitUnsealed(unsealing, node, after.t);
  }
}

/** Vault throws away all the keys of a node when together they are wrong: they have to be given again. */
function doNotFit(error: unknown, { write, say }: Unsealing, node: VaultNode, given: Given): undefined {
  if (!isWrongKey(error)) throw error;
  const words = failure(kinds.wrongKeys, {
    what: `Together the keys that were given do not unseal ${node.name}`,
    why: error.why ?? error.message,
    fix: "One of them is wrong, or of another Vault. Every holder has to give theirs again.",
  });
  if (write.holders?.askAgain !== true) throw words;
  say(`${words.message}: one of them is wrong, all have to be given again`);
  given.shares.length = 0;
  given.sent.clear();
}

async function nextShare(holders: KeyHolders, open: readonly Answering[]): Promise<string | undefined> {
  for (;;) {
    const text = await holders.next(open.map(({ node, seal }) => progress(node, seal)).join(", "));
    if (text === undefined) return undefined;
    try {
      return parseShare(text);
    } catch (error) {
      if (!holders.askAgain || !(error instanceof CliError)) throw error;
      holders.refuse(error.message);
    }
  }
}

const progress = ({ name }: VaultNode, { sealed, initialized, progress: got, t }: SealStatus): string =>
  `${name}: ${sealed ? (initialized ? `${got} of ${t} keys` : "not joined yet") : "unsealed"}`;

function moreKeys(open: readonly Answering[]): CliError {
  return failure(kinds.moreKeys, {
    what: "More unseal keys are needed",
    why: `${open.map(({ node, seal }) => progress(node, seal)).join("\n")}\nVault remembers the keys that it has got until its pod restarts.`,
    fix: "The next holder types: vault-k8s operator unseal, with the flags of this run (or the same with - and the key on standard input)",
  });
}
