import type { RevisionFact } from "../../consumers/diagnosis/evidence.ts";
import { isNumbered, oldPods, releasePods, type ReleasePlace } from "../../systems/vault-pods.ts";
import type { Readers } from "../../systems/world.ts";
import { inOrder } from "../../vault/nodes/leave.ts";
import { raftMembers } from "../../vault/nodes/raft.ts";

/** How Vault's pods stand to their StatefulSet; none where Vault is only an address. */
export async function revisionFact({ vaultKube }: Readers, place: ReleasePlace): Promise<RevisionFact> {
  const found = vaultKube === undefined ? { set: undefined, pods: [] } : await releasePods(vaultKube, place);
  return { all: found.pods.length, old: oldPods(found) };
}

/** Members of the raft whose pods are gone, the highest number first; none where Vault is only an address. */
export async function podlessFact({ vault, vaultKube }: Readers, place: ReleasePlace): Promise<readonly string[]> {
  const { set, pods } = vaultKube === undefined ? { set: undefined, pods: [] } : await releasePods(vaultKube, place);
  if (set === undefined) return [];
  const there = new Set(pods.map(({ metadata }) => metadata.name));
  const gone = ((await raftMembers(vault)) ?? []).filter(({ pod }) => isNumbered(pod, set) && !there.has(pod));
  return inOrder(gone).map(({ id }) => id);
}
