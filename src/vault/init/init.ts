import { NotYet } from "../../core/errors.ts";
import { same, type Change, type Diff } from "../../core/resource.ts";
import { uninterrupted } from "../../core/uninterrupted.ts";
import { leaseNeeds, withLease, type LeaseOf } from "../../kubernetes/lease.ts";
import type { Readers, Writers } from "../../systems/world.ts";
import type { AppResource } from "../../systems/step.ts";
import { ask } from "./ask.ts";
import { everyNodeEmpty, type VaultRelease } from "./empty-nodes.ts";
import { lost, wipe } from "./lost.ts";
import { answerBytes, initRequest, toKeys, type InitSpec } from "./request.ts";
import { markOf } from "./mark-of.ts";
import { prove } from "./prove-custody.ts";
import { seenNeeds, seenNow } from "./seen.ts";
import type { Initialising } from "./initialising.ts";
import { initCommand } from "./command.ts";
import { nodeStates, type NodeState } from "../nodes/states.ts";

export interface VaultInit {
  readonly keys: InitSpec;
  readonly release: VaultRelease;
  /** How long nodes are waited for, in milliseconds. */
  readonly withinMs: number;
  /** Whether the data of an init whose answer was lost is deleted first. */
  readonly wipeLost: boolean;
}

/**
 * Vault's initialisation. It happens once, on one chosen node. Before it the custody of the keys is proven; its answer goes into custody
 * before anything else, and is proven there by unsealing that node with what is read back.
 */
export function vaultInit(init: VaultInit): AppResource {
  return {
    id: "vault sys/init",
    diff: (read) => diffInit(read, init),
    apply: (write, say) =>
      withLease(write.vaultKube, leaseOf(init), { say, without: "stop" }, (lease) =>
        write.keys.alone(() => applyInit({ write, say, withinMs: init.withinMs, lease }, init)),
      ),
    needs: (read) => (read.vaultKube === undefined ? [] : [...leaseNeeds(leaseOf(init)), ...seenNeeds(init.release)]),
    preview: (read, found) => Promise.resolve(found instanceof NotYet ? newVault(read, init.keys) : found.changes),
    command: () => initCommand(init.keys),
  };
}

const leaseOf = ({ release: { namespace, name } }: VaultInit): LeaseOf => ({ namespace, release: name });

async function diffInit(read: Readers, init: VaultInit): Promise<Diff> {
  const states = await nodeStates(read.nodes);
  if (isInitialised(states)) return diffInitialised(read, states, init);
  const warnings = await read.keys.plan();
  return { kind: "create", changes: newVault(read, init.keys), note: warnings.length === 0 ? undefined : warnings.join("; ") };
}

const newVault = (read: Readers, { shares, threshold }: InitSpec): Change[] => [
  { field: "key shares", after: String(shares) },
  { field: "key threshold", after: String(threshold) },
  { field: "keys go to", after: read.keys.describe() },
];

const isInitialised = (states: readonly NodeState[]): boolean =>
  states.some(({ state }) => state !== "uninitialised" && state !== "unreachable");

/** Nothing to do, unless an earlier run was cut off between the answer and the proof of its custody. */
async function diffInitialised(read: Readers, states: readonly NodeState[], init: VaultInit): Promise<Diff> {
  const found = await markOf(read, states);
  switch (found.kind) {
    case "none":
      return same();
    case "nothing lost":
      return { kind: "update", changes: [{ field: "mark of an init from here", before: found.why, after: "dropped" }] };
    case "proof":
      return { kind: "update", changes: [{ field: "custody of the keys", before: "not proven", after: "proven" }] };
    case "lost":
      if (!init.wipeLost) throw lost(read, init.release);
      return {
        kind: "update",
        changes: [{ field: "data of every Vault pod", before: "keys lost", after: "deleted, and initialised anew" }],
      };
  }
}

async function applyInit(unsealing: Initialising, init: VaultInit): Promise<void> {
  const { write, say } = unsealing;
  const states = await nodeStates(write.nodes);
  if (!isInitialised(states)) return initialise(unsealing, init);
  const found = await markOf(write, states);
  if (found.kind === "lost") {
    await wipe(unsealing, init.release);
    return initialise(unsealing, init);
  }
  if (found.kind === "proof" || found.kind === "none") return prove(unsealing, found.kind === "proof" ? found.node : undefined);
  say(`the mark of an init from here is dropped: ${found.why}`);
  await write.keys.abandon();
}

async function initialise(unsealing: Initialising, init: VaultInit): Promise<void> {
  const { write, say, lease } = unsealing;
  const [first, ...others] = await everyNodeEmpty(unsealing, init.release);
  const begun = await write.keys.underWay();
  // A request that an earlier run sent may still be under way: the same node refuses a second one by itself.
  const chosen = [first!, ...others].find(({ node }) => node.name === begun?.node) ?? first!;
  const request = await initRequest(init.keys, chosen.seal);
  for (const warning of await write.keys.plan()) say(warning);
  const seen = await seenNow(write.vaultKube, init.release);
  await write.keys.prepare({ node: chosen.node.name, bytes: answerBytes(request), seen });
  await lease.stillHeld().catch((error: unknown) => giveBack(write, error));
  await uninterrupted(async () => {
    await write.keys.sending().catch((error: unknown) => giveBack(write, error));
    const answer = await ask(write, { node: chosen.node, request, release: init.release, begunBefore: begun?.sent === true });
    await write.keys.keep(toKeys(answer, init.keys));
  });
  say(`${chosen.node.name} is initialised; unseal keys and root token are in ${write.keys.describe()}`);
  await prove(unsealing, chosen.node.name);
}

/** Nothing was sent: nothing is left of it. */
async function giveBack({ keys }: Writers, error: unknown): Promise<never> {
  await keys.abandon();
  throw error;
}
