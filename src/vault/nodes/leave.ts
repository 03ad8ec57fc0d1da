import type { Change, Say } from "../../core/resource.ts";
import type { CliError, ErrorKind } from "../../core/errors.ts";
import { fact, isKnown } from "../../core/fact.ts";
import { untilSettled } from "../../core/settle.ts";
import { failure, kinds } from "../../errors.ts";
import { onPath, type VaultNeed } from "../../systems/need.ts";
import type { Readers, Writers } from "../../systems/world.ts";
import { peerSaid, raftOf, raftPaths, type Raft, type RaftMember, type RaftPeer } from "./raft.ts";

/** Documented at Vault's API docs, /sys/storage/raft and /sys/step-down. */
export const removePeer = "sys/storage/raft/remove-peer";
const stepDown = "sys/step-down";

/** Capabilities with which members leave. */
export const leaveNeeds = (): VaultNeed[] => [
  onPath(raftPaths.configuration, "read"),
  onPath(raftPaths.autopilot, "read"),
  onPath(removePeer, "update"),
  onPath(stepDown, "update", "sudo"),
];

/** Whether a member is one of those that are to leave. */
export type IsLeaving = (peer: RaftMember) => boolean;

/** Those that are to leave, in their order: the highest number first. */
export const inOrder = <T extends RaftMember>(peers: readonly T[]): T[] =>
  [...peers].sort((one, other) => other.pod.localeCompare(one.pod, undefined, { numeric: true }));

/** What a plan says of each. */
export const leaving = ({ pod, leads, votes }: RaftPeer, hasPod: boolean): Change => ({
  field: pod,
  before: `${leads ? "leads the raft" : votes ? "votes in the raft" : "is a member of the raft"}${hasPod ? "" : ", and has no pod"}`,
  after: `leaves the raft${leads ? " after it has stepped down" : ""}${hasPod ? "; then its pod goes, its volume stays" : ""}`,
});

/** Why members cannot leave now: all that stay must be healthy, since there are fewer of them to bear a failure then. */
export function refusal({ peers }: Raft, isLeaving: IsLeaving): CliError | undefined {
  const stay = peers.filter((peer) => !isLeaving(peer));
  const ill = stay.filter(({ healthy, votes }) => healthy !== true || !votes);
  if (ill.length === 0 && stay.length > 0) return undefined;
  return failure(kinds.cannotLeave, {
    what: `${inOrder(peers.filter(isLeaving))
      .map(({ pod }) => pod)
      .join(", ")} cannot leave the raft now`,
    why: stay.length === 0 ? "No member would be left." : `Those that stay must all be healthy and vote: ${ill.map(peerSaid).join(", ")}.`,
    fix: "vault-k8s status shows every member. Bring up and unseal those that stay (vault-k8s operator unseal), then run the same command again.",
  });
}

/** How members leave. */
export interface Leave {
  readonly write: Writers;
  readonly isLeaving: IsLeaving;
  /** For each wait, in milliseconds. */
  readonly withinMs: number;
  readonly say: Say;
}

/**
 * Members leave the raft before their pods go, one at a time, the highest number first, each while all that stay are healthy: a member whose pod
 * is gone counts for the majority for ever. One that leads steps down first.
 * @throws CliError VK1234 where those that stay are not healthy in time; nothing was removed since then.
 */
export async function leaveRaft(work: Leave): Promise<void> {
  for (;;) {
    const raft = await healthyRest(work);
    const [next] = inOrder(raft?.peers.filter(work.isLeaving) ?? []);
    if (next === undefined) return;
    if (next.leads) await handOver(work, next.pod, kinds.cannotLeave);
    await work.write.vault.post(removePeer, { server_id: next.id });
    await left(work, next);
  }
}

async function healthyRest({ write, isLeaving, withinMs }: Leave): Promise<Raft | undefined> {
  const raft = await untilSettled(
    () => raftOf(write.vault),
    (found) => found === undefined || refusal(found, isLeaving) === undefined,
    { withinMs },
  );
  const refused = raft === undefined ? undefined : refusal(raft, isLeaving);
  if (refused !== undefined) throw refused;
  return raft;
}

/**
 * A pod that leads steps down, and another one leads.
 * @throws CliError of that kind where none does in time.
 */
export async function handOver({ write, withinMs, say }: Omit<Leave, "isLeaving">, pod: string, kind: ErrorKind): Promise<void> {
  say(`${pod} leads: it steps down`);
  await write.vault.post(stepDown, {});
  const another = (found: Raft | undefined): boolean => found === undefined || found.peers.some((peer) => peer.leads && peer.pod !== pod);
  if (another(await untilSettled(() => raftOf(write.vault), another, { withinMs }))) return;
  throw failure(kind, {
    what: `${pod} leads the raft, and no other pod has taken over after it stepped down`,
    fix: "Run the same command again; the log of the other pods says why none of them takes over.",
  });
}

async function left({ write, withinMs, say }: Leave, { id, pod }: RaftPeer): Promise<void> {
  const raft = await untilSettled(
    () => raftOf(write.vault),
    (found) => found?.peers.every((peer) => peer.id !== id) === true,
    { withinMs },
  );
  const voters = raft?.peers.filter(({ votes }) => votes).length ?? 0;
  if (raft?.peers.some((peer) => peer.id === id) === true)
    throw failure(kinds.cannotLeave, {
      what: `${pod} was told to leave the raft, and is still a member`,
      fix: "Look at the log of the active pod, then run the same command again.",
    });
  say(`${pod} has left the raft: ${voters} members vote${raft?.mayFail === undefined ? "" : `, ${raft.mayFail} may fail`}`);
}

/** The members of a Vault whose pods are about to go. Not known is not none. Throws VK1234 where they cannot be asked. */
export async function knownRaft({ vault }: Readers, what: string): Promise<Raft | undefined> {
  const members = await fact(() => raftOf(vault));
  if (isKnown(members)) return members.value;
  if (members.error?.kind === kinds.vaultUninitialised) return undefined;
  throw failure(kinds.cannotLeave, {
    what,
    why: `The members of its raft are not known: ${members.unknown}`,
    fix: `A member whose pod goes before it has left the raft counts for the majority for ever. ${members.error?.fix ?? "Unseal Vault first: vault-k8s operator unseal."}`,
  });
}
