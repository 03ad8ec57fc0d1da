import { CliError } from "../../core/errors.ts";
import type { Say } from "../../core/resource.ts";
import { untilSettled } from "../../core/settle.ts";
import { failure, kinds } from "../../errors.ts";
import type { SealStatus, VaultNode, Writers } from "../../systems/world.ts";
import { trust } from "../nodes/split-brain.ts";
import { misfit } from "./keys.ts";
import { othersHaveBegun, type Watched } from "./watched.ts";

export interface Unsealing {
  readonly write: Writers;
  /** In milliseconds. */
  readonly withinMs: number;
  readonly say: Say;
  /** Of a run that unseals again and again. */
  readonly watched?: Watched | undefined;
}

/** Unseals one node with shares that are known; none where Vault unseals itself. Throws VK1505, VK1506, VK1507. */
export async function unsealNode(unsealing: Unsealing, node: VaultNode, shares: readonly string[]): Promise<void> {
  if (shares.length > 0) await submit(unsealing, node, shares);
  await waitUnsealed(unsealing, node, shares.length);
}

/** Waits until a node that has all its keys is unsealed, and looks which Vault it is of. Throws VK1506, VK1507. */
export async function waitUnsealed({ write, withinMs, say }: Unsealing, node: VaultNode, given: number): Promise<void> {
  let said = false;
  // A node that joins leaves the sealed state only when the leader has answered it.
  const seal = await untilSettled(
    () => write.nodes.sealStatus(node),
    (status) => {
      if (status.sealed && !said) say(given > 0 ? `${node.name} has its keys and joins` : `${node.name} unseals itself`);
      said = true;
      return !status.sealed;
    },
    { withinMs, everyMs: 300 },
  );
  if (seal.sealed) throw stuck(node, seal, given);
  await trust(write, node);
  say(`${node.name} is unsealed`);
}

function stuck(node: VaultNode, seal: SealStatus, given: number): CliError {
  if (seal.recovery_seal === true)
    return failure(kinds.unsealStuck, {
      what: `${node.name} stays sealed`,
      why: `It unseals itself with ${seal.type}, and has not done so.`,
      fix: "Its log says why: the key service must be reachable from the pod, and let it in.",
    });
  return failure(kinds.unsealStuck, {
    what: `${node.name} stays sealed`,
    why: `It took ${given} keys and says ${seal.progress} of ${seal.t}.`,
    fix: "Its log says why; nodes find each other by their names inside the cluster, so DNS must work there.",
  });
}

async function submit({ write, watched }: Unsealing, node: VaultNode, shares: readonly string[]): Promise<void> {
  const before = await write.nodes.sealStatus(node);
  // Another run may have been faster.
  if (!before.sealed) return;
  const why = misfit(shares, before);
  if (why !== undefined) {
    const refusal = otherKeys(node, write, why);
    watched?.refused(node, shares, refusal);
    throw refusal;
  }
  if (watched?.isOurs(node, before) === false) throw othersHaveBegun(node, before);
  // Shares that somebody else began with would be mixed with ours.
  if (before.progress > 0) await write.nodes.resetUnseal(node);
  for (const share of shares) {
    const after = await write.nodes.unseal(node, share).catch((error: unknown) => {
      const refusal = refusedKeys(error, node, write);
      watched?.refused(node, shares, refusal);
      throw refusal;
    });
    if (!after.sealed) return;
    watched?.gave(node, after);
  }
}

/** Whether an error says that the keys are not those of the node. */
export const isWrongKey = (error: unknown): error is CliError => error instanceof CliError && error.kind === kinds.vaultRejected;

function refusedKeys(error: unknown, node: VaultNode, write: Writers): CliError {
  if (!isWrongKey(error)) throw error;
  return otherKeys(node, write, error.why ?? error.message);
}

const otherKeys = (node: VaultNode, { keys }: Writers, why: string): CliError =>
  failure(kinds.wrongKeys, {
    what: `${node.name} does not take the keys of ${keys.describe()}`,
    why,
    fix: "Are they the keys of another Vault? --init-file names another file. If other pods took them, this one has the volume of another Vault: delete its volume and its pod, and it joins.",
  });
