import { untilSettled } from "../../core/settle.ts";
import { failure, kinds } from "../../errors.ts";
import type { Readers, VaultNode } from "../../systems/world.ts";
import { leaderWithin } from "./leader.ts";
import type { Replacement } from "./replacement.ts";
import { refuseSplitBrain } from "./split-brain.ts";
import { answers, isUnreachable, missing, nodeStates, said, type NodeState } from "./states.ts";

/**
 * Every pod that there should be answers, is unsealed where it belongs to the raft, and follows a leader: an interrupted run may have left one
 * sealed.
 * @throws CliError of the kind in `words` where one is away; VK1211, VK1507, and what `unseal` throws.
 */
export async function holdTogether(work: Omit<Replacement, "isOld">): Promise<void> {
  const { write, withinMs } = work;
  const states = await allAnswering(work);
  await refuseSplitBrain(write, states);
  for (const { node, state } of states) if (state === "sealed") await work.unseal(node);
  const members = states.filter(({ state }) => state === "sealed" || state === "unsealed").map(({ node }) => node);
  if (members.length === 0) return;
  await leaderWithin(write, withinMs);
  const lost = await untilSettled(
    () => followingNobody(write, members),
    (nodes) => nodes.length === 0,
    { withinMs },
  );
  if (lost.length > 0)
    throw failure(kinds.vaultNoActive, {
      what: `${lost.map(({ name }) => name).join(", ")} of Vault found no leader`,
      fix: "Look at the logs of the Vault pods, then run the same command again.",
    });
}

async function allAnswering({ write, withinMs, names, words }: Omit<Replacement, "isOld">): Promise<NodeState[]> {
  const states = await untilSettled(
    async () => {
      const found = await nodeStates(write.nodes);
      return [...found, ...missing(found, names)];
    },
    (found) => found.every(answers),
    { withinMs },
  );
  const away = states.filter(isUnreachable);
  if (away.length === 0) return states;
  throw failure(words.kind, {
    what: `${words.what}, and are replaced only while all others answer`,
    why: away.map(said).join("\n"),
    fix: "Bring it up (kubectl describe pod says what it waits for), then run the same command again.",
  });
}

async function followingNobody({ nodes }: Readers, members: readonly VaultNode[]): Promise<VaultNode[]> {
  const leaders = await Promise.all(members.map((node) => nodes.leader(node)));
  return members.filter((_, index) => {
    const { ha_enabled: knowsLeaders, is_self: leads, leader_address: leader } = leaders[index]!;
    return knowsLeaders && !leads && leader === "";
  });
}
