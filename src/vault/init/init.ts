import { CliError, NotYet } from "../../core/errors.ts";
import { same, type Change, type Diff } from "../../core/resource.ts";
import { uninterrupted } from "../../core/uninterrupted.ts";
import { failure, kinds } from "../../errors.ts";
import { leaseNeeds, withLease, type LeaseOf } from "../../kubernetes/lease.ts";
import type { InitAnswer, InitRequest, Readers, VaultNode, Writers } from "../../systems/world.ts";
import type { AppResource } from "../../systems/step.ts";
import { everyNodeEmpty, type VaultRelease } from "./empty-nodes.ts";
import { lost, wipe } from "./lost.ts";
import { answerBytes, initRequest, toKeys, type InitSpec } from "./request.ts";
import { prove } from "./prove-custody.ts";
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
        applyInit({ write, say, withinMs: init.withinMs, lease }, init),
      ),
    needs: (read) => (read.vaultKube === undefined ? [] : leaseNeeds(leaseOf(init))),
    preview: (read, found) => Promise.resolve(found instanceof NotYet ? newVault(read, init.keys) : found.changes),
    command: () => initCommand(init.keys),
  };
}

const leaseOf = ({ release: { namespace, name } }: VaultInit): LeaseOf => ({ namespace, release: name });

async function diffInit(read: Readers, init: VaultInit): Promise<Diff> {
  const states = await nodeStates(read.nodes);
  if (isInitialised(states)) return diffInitialised(read, init);
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
async function diffInitialised(read: Readers, init: VaultInit): Promise<Diff> {
  if (await read.keys.initWasLost()) {
    if (!init.wipeLost) throw lost(read, init.release);
    return { kind: "update", changes: [{ field: "data of every Vault pod", before: "keys lost", after: "deleted, and initialised anew" }] };
  }
  if ((await read.keys.underWay()) === undefined) return same();
  return { kind: "update", changes: [{ field: "custody of the keys", before: "not proven", after: "proven" }] };
}

async function applyInit(unsealing: Initialising, init: VaultInit): Promise<void> {
  const { write } = unsealing;
  const begun = await write.keys.underWay();
  if (isInitialised(await nodeStates(write.nodes))) {
    if (!(await write.keys.initWasLost())) return prove(unsealing, begun?.node);
    await wipe(unsealing, init.release);
  }
  await initialise(unsealing, init);
}

async function initialise(unsealing: Initialising, init: VaultInit): Promise<void> {
  const { write, say, lease } = unsealing;
  const [first, ...others] = await everyNodeEmpty(unsealing, init.release);
  const begun = await write.keys.underWay();
  // A request that an earlier run sent may still be under way: the same node refuses a second one by itself.
  const chosen = [first!, ...others].find(({ node }) => node.name === begun?.node) ?? first!;
  const request = await initRequest(init.keys, chosen.seal);
  for (const warning of await write.keys.plan()) say(warning);
  await write.keys.prepare({ node: chosen.node.name, bytes: answerBytes(request) });
  await lease.stillHeld();
  await uninterrupted(async () => {
    const answer = await ask(write, { node: chosen.node, request, release: init.release, begunBefore: begun !== undefined });
    await write.keys.keep(toKeys(answer, init.keys));
  });
  say(`${chosen.node.name} is initialised; unseal keys and root token are in ${write.keys.describe()}`);
  await prove(unsealing, chosen.node.name);
}

interface Asked {
  readonly node: VaultNode;
  readonly request: InitRequest;
  readonly release: VaultRelease;
  readonly begunBefore: boolean;
}

async function ask(write: Writers, asked: Asked): Promise<InitAnswer> {
  try {
    return await write.nodes.init(asked.node, asked.request);
  } catch (error) {
    await afterFailedInit(write, asked, error);
    throw error;
  }
}

/** Only when the node surely is not initialised, or surely by somebody else, the mark goes: the next run may try again. */
async function afterFailedInit(write: Writers, { node, release, begunBefore }: Asked, error: unknown): Promise<void> {
  const seal = await write.nodes.sealStatus(node).catch((failed: unknown) => {
    if (failed instanceof CliError) return undefined;
    throw failed;
  });
  if (seal === undefined) return;
  const refused = error instanceof CliError && error.kind === kinds.vaultRejected;
  if (seal.initialized && (!refused || begunBefore)) throw lost(write, release);
  await write.keys.abandon();
  if (seal.initialized)
    throw failure(kinds.vaultRejected, {
      what: `${node.name} was initialised by somebody else meanwhile`,
      why: "Vault refused this run's init, so its keys are where that other run keeps them.",
      fix: "Ask who did it; then name their key file with --init-file.",
    });
}
