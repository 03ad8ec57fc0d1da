import { untilSettled } from "../../core/settle.ts";
import { failure, kinds } from "../../errors.ts";
import type { VaultNode, Writers } from "../../systems/world.ts";
import { nodeStates, roleOf } from "./states.ts";

/** The node that leads; undefined when none does now. */
export async function leaderNow({ nodes }: Writers): Promise<VaultNode | undefined> {
  const unsealed = (await nodeStates(nodes)).filter(({ state }) => state === "unsealed");
  const leaders = await Promise.all(unsealed.map(async ({ node }) => ((await roleOf(nodes, node)) === "standby" ? undefined : node)));
  return leaders.find((node) => node !== undefined);
}

/** The node that leads. Waits for the election that follows an unseal. Throws VK1211. */
export async function leaderWithin(write: Writers, withinMs: number): Promise<VaultNode> {
  const found = await untilSettled(
    () => leaderNow(write),
    (node) => node !== undefined,
    { withinMs },
  );
  if (found !== undefined) return found;
  throw failure(kinds.vaultNoActive, {
    what: "No Vault node became active",
    why: "Nodes are unsealed, but none was elected.",
    fix: "Look at the logs of the Vault pods; a majority of the raft members must be unsealed.",
  });
}
