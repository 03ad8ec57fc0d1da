import { fact, valueOf } from "../../core/fact.ts";
import { same, type Command, type Diff } from "../../core/resource.ts";
import { word } from "../../core/shell.ts";
import { changedObjects, type ReleaseSpec } from "../../kubernetes/helm/release.ts";
import { valueAt } from "../../kubernetes/helm/inputs.ts";
import { withLease } from "../../kubernetes/lease.ts";
import { isNumbered, podsOfSet, releaseSet } from "../../systems/vault-pods.ts";
import type { KubeObject, Readers } from "../../systems/world.ts";
import type { AppResource } from "../../systems/step.ts";
import { inOrder, knownRaft, leaveNeeds, leaveRaft, leaving, refusal, removePeer, type IsLeaving } from "../nodes/leave.ts";
import { raftMembers, raftOf, type Raft, type RaftPeer } from "../nodes/raft.ts";

/**
 * Members of the raft leave it before helm takes their pods, and those that have no pod any more, since a release of fewer pods was made without
 * that: Vault counts a member that is gone for the majority for ever (cleanup_dead_servers is off by default).
 */
export function fewerPods(release: ReleaseSpec, withinMs: number): AppResource {
  const place = { namespace: release.namespace, release: release.name };
  return {
    id: "vault raft members",
    diff: (read) => diffMembers(read, release),
    apply: async (write, say) => {
      const { isLeaving } = await beyond(write, release);
      await withLease(write.vaultKube, place, { say, without: "go on" }, () => leaveRaft({ write, isLeaving, withinMs, say }));
    },
    needs: async (read) => ((await takesPods(read, release)) ? leaveNeeds() : []),
    command: async (read) => command((await leavers(read, release)).members),
  };
}

/** Who is beyond the pods that the release is to have, and whether helm is about to take pods away. */
interface Beyond {
  readonly isLeaving: IsLeaving;
  readonly set: KubeObject | undefined;
  readonly takes: boolean;
}

async function beyond(read: Readers, release: ReleaseSpec): Promise<Beyond> {
  const set = await setOf(read, release);
  if (set === undefined) return { isLeaving: () => false, set, takes: false };
  const changed = (await changedObjects(read, release))?.find(
    ({ kind, metadata }) => kind === set.kind && metadata.name === set.metadata.name,
  );
  const [there, kept] = [podsOfSet(set), podsOfSet(changed ?? (await asReleased(read, release, set)))];
  const stay = new Set(changed === undefined ? [...kept, ...there] : kept);
  return { isLeaving: ({ pod }) => isNumbered(pod, set) && !stay.has(pod), set, takes: there.some((name) => !stay.has(name)) };
}

const setOf = (read: Readers, { namespace, name }: ReleaseSpec): Promise<KubeObject | undefined> =>
  releaseSet(read.kube, { namespace, release: name });

/** A StatefulSet that was scaled by hand is to have the pods that the release says; 3 is the chart's default. */
async function asReleased(read: Readers, { namespace, name }: ReleaseSpec, set: KubeObject): Promise<KubeObject> {
  const found = await read.helm.release(namespace, name);
  const replicas = found === undefined ? undefined : (valueAt(found, "server", "ha", "replicas") ?? 3);
  return replicas === undefined ? set : { ...set, spec: { ...(set["spec"] as object), replicas } };
}

const takesPods = async (read: Readers, release: ReleaseSpec): Promise<boolean> => (await beyond(read, release)).takes;

interface Leavers extends Beyond {
  readonly raft: Raft | undefined;
  /** In the order in which they leave. */
  readonly members: readonly RaftPeer[];
}

async function leavers(read: Readers, release: ReleaseSpec): Promise<Leavers> {
  const found = await beyond(read, release);
  if (found.set === undefined) return { ...found, raft: undefined, members: [] };
  const raft = await (found.takes ? knownRaft(read, fewer) : ifKnown(read, found.isLeaving));
  return { ...found, raft, members: inOrder(raft?.peers.filter(found.isLeaving) ?? []) };
}

const fewer = "Fewer Vault pods are wanted, and their members cannot leave the raft now";

async function diffMembers(read: Readers, release: ReleaseSpec): Promise<Diff> {
  const { isLeaving, set, takes, raft, members } = await leavers(read, release);
  if (set === undefined || raft === undefined || members.length === 0) return same();
  const refused = refusal(raft, isLeaving);
  const names = members.map(({ pod }) => pod).join(", ");
  // Nobody is waiting for a pod that went long ago.
  if (!takes && (refused !== undefined || !(await mayRemove(read)))) return same(`${names} ${without}: ${refused?.why ?? noRight}`);
  if (refused !== undefined) throw refused;
  const pods = new Set(podsOfSet(set));
  return { kind: "update", changes: members.map((peer) => leaving(peer, pods.has(peer.pod))) };
}

const without = "is a member of the raft without a pod";
const noRight = `the token may not update ${removePeer}`;

async function mayRemove({ vault }: Readers): Promise<boolean> {
  const has = (await vault.capabilities([removePeer]))[removePeer] ?? [];
  return has.includes("root") || has.includes("update");
}

/** The members, where some are to leave. Where no pod goes, a Vault that cannot be asked keeps nobody from anything. */
async function ifKnown({ vault }: Readers, isLeaving: IsLeaving): Promise<Raft | undefined> {
  const raft = await fact(async () => {
    const members = await raftMembers(vault);
    // Their health is asked only where it matters.
    return members?.some(isLeaving) === true ? await raftOf(vault) : undefined;
  });
  return valueOf(raft);
}

const command = (members: readonly RaftPeer[]): Command => ({
  lines: [
    "# Members of the raft leave it before their pods go.",
    ...members.flatMap(({ id, leads }) => [...(leads ? ["vault operator step-down"] : []), `vault operator raft remove-peer ${word(id)}`]),
  ].join("\n"),
  needs: ["vault"],
});
