import type { CliError } from "../../core/errors.ts";
import { untilSettled } from "../../core/settle.ts";
import { failure, kinds } from "../../errors.ts";
import type { Readers, VaultNode, Writers } from "../../systems/world.ts";
import { clusterIds, type NodeState } from "./states.ts";

/** Refuses unsealed nodes of more than one Vault, or of another than the keys belong to. Throws VK1507. */
export async function refuseSplitBrain(read: Readers, states: readonly NodeState[]): Promise<void> {
  const ids = await clusterIds(read, states);
  if (new Set(ids.values()).size > 1) throw splitBrain(ids);
}

/** How long an unsealed node may take to tell its cluster, in milliseconds. */
const tellMs = 5_000;

/**
 * Compares the cluster of a node that was just unsealed with that of the keys, before anything is trusted to it; the first one is
 * remembered. A sealed node tells none.
 * @throws CliError VK1507
 */
export async function trust(write: Writers, node: VaultNode): Promise<void> {
  const { cluster_id: id } = await untilSettled(
    () => write.nodes.sealStatus(node),
    (seal) => seal.cluster_id !== undefined,
    { withinMs: tellMs, everyMs: 200 },
  );
  const recorded = await write.keys.vaultClusterId();
  if (id === undefined && recorded !== undefined) throw unknownCluster(node, recorded);
  if (id === undefined) return;
  if (recorded !== undefined && recorded !== id)
    throw splitBrain(
      new Map([
        ["the keys", recorded],
        [node.name, id],
      ]),
    );
  await write.keys.learnVaultClusterId(id);
}

const unknownCluster = (node: VaultNode, recorded: string): CliError =>
  failure(kinds.splitBrain, {
    what: `${node.name} is unsealed, and does not say of which Vault it is`,
    why: `The keys belong to the Vault with cluster_id ${recorded}. Nothing more was sent to it.`,
    fix: "Look at its log, then run the same command again.",
  });

function splitBrain(ids: ReadonlyMap<string, string>): CliError {
  return failure(kinds.splitBrain, {
    what: `There are two Vault clusters where one should be: ${[...ids].map(([name, id]) => `${name} in ${id}`).join(", ")}`,
    why: "More than one pod was initialised, or a pod has the volume of another Vault. Nothing was sent to a pod of the wrong one.",
    fix: "Keep the one with the data. Delete the volume and the pod of each other one, and run the same command again: it joins. If the keys are those of the wrong one, name others with --init-file.",
  });
}
