import { same, type Command, type Diff } from "../../core/resource.ts";
import { failure, kinds, notYet } from "../../errors.ts";
import { withLease, type Lease } from "../../kubernetes/lease.ts";
import { onObject } from "../../systems/need.ts";
import type { AppResource } from "../../systems/step.ts";
import { oldPods, podsOfSet, releasePods, type ReleasePlace } from "../../systems/vault-pods.ts";
import type { Readers, VaultNode } from "../../systems/world.ts";
import { allCaughtUp } from "../nodes/caught-up.ts";
import { revisionsOf } from "../nodes/earlier.ts";
import { handOver, leaveNeeds } from "../nodes/leave.ts";
import { replaceEach } from "../nodes/replace.ts";
import { replaceByHand, type ReplaceWords } from "../nodes/replacement.ts";
import { nodeStates } from "../nodes/states.ts";
import { unsealNode, type Unsealing } from "../unseal/node.ts";
import { sharesToReplace } from "../unseal/to-replace.ts";

const words: ReplaceWords = {
  kind: kinds.rolloutStopped,
  what: "Vault's pods run an earlier revision",
  turn: "runs an earlier revision than its StatefulSet's: it is replaced",
  unchanged: (name) => ({
    what: `${name} came back, and still runs an earlier revision`,
    why: "The StatefulSet changed meanwhile.",
    fix: "Run the same command again.",
  }),
};

/**
 * Every pod runs what its StatefulSet says: those of an earlier revision are replaced, the active one last, each unsealed and caught up before the
 * next. It does not choose versions: what the pods come back with is what install wrote.
 */
export function rolledOut(place: ReleasePlace, withinMs: number): AppResource {
  return {
    id: `kubernetes pods of ${place.namespace}/${place.release}`,
    diff: (read) => diffRollout(read, place, withinMs),
    apply: (write, say) =>
      withLease(write.vaultKube, place, { say, without: "go on" }, (lease) => applyRollout({ write, withinMs, say }, place, lease)),
    needs: (read) => [
      ...(read.vaultKube === undefined
        ? []
        : onObject({ apiVersion: "v1", kind: "Pod", namespace: place.namespace }, ["get", "list", "delete"], "vaults")),
      ...leaveNeeds().filter(({ path }) => !path.endsWith("remove-peer")),
    ],
    command: async (read) => command(read, place),
  };
}

const kubeOf = ({ vaultKube }: Readers) => {
  if (vaultKube !== undefined) return vaultKube;
  throw failure(kinds.usage, {
    what: "rollout replaces pods, and this Vault is only an address",
    fix: "Leave --vault-addr out where Vault runs in a cluster of the kubeconfig; --vault-context names another one.",
  });
};

async function diffRollout(read: Readers, place: ReleasePlace, withinMs: number): Promise<Diff> {
  const found = await revisionsOf(kubeOf(read), place, withinMs);
  if (found.set === undefined)
    throw notYet(kinds.vaultNotInstalled, {
      what: `There is no StatefulSet of release ${place.release} in namespace ${place.namespace}`,
      fix: "vault-k8s install makes it.",
    });
  const { old } = found;
  const closed = await sealedOf(read, old);
  if (old.length + closed.length === 0) return same();
  // Who is needed is told before the first pod is deleted.
  await sharesFor(read, place, [...old, ...closed]);
  return {
    kind: "update",
    changes: [
      ...old.map((field) => ({ field, before: "an earlier revision", after: "its StatefulSet's" })),
      ...closed.map((field) => ({ field, before: "sealed", after: "unsealed" })),
    ],
  };
}

/** Pods that an interrupted rollout replaced and did not unseal. */
async function sealedOf({ nodes }: Readers, old: readonly string[]): Promise<string[]> {
  const states = (await nodes.nodes()).length === 0 ? [] : await nodeStates(nodes);
  return states.filter(({ node, state }) => state === "sealed" && !old.includes(node.name)).map(({ node }) => node.name);
}

const sharesFor = (read: Readers, { namespace }: ReleasePlace, old: readonly string[]): Promise<readonly string[]> =>
  sharesToReplace(read, {
    ...words,
    until: "until they are deleted and unsealed",
    byHand: () =>
      [
        "The holders of unseal keys are needed before it begins: each pod that is replaced wants as many keys as unseal one. By hand, one pod at a time, the active one last, each unsealed before the next:",
        ...old.map((name) => replaceByHand(read, name, namespace)),
      ].join("\n"),
  });

async function applyRollout(unsealing: Unsealing, place: ReleasePlace, lease: Lease): Promise<void> {
  const { write, withinMs, say } = unsealing;
  const found = await releasePods(kubeOf(write), place);
  const shares = await sharesFor(write, place, oldPods(found));
  const names = found.set === undefined ? [] : podsOfSet(found.set);
  await replaceEach({
    ...unsealing,
    namespace: place.namespace,
    names,
    stillHeld: () => lease.stillHeld(),
    isOld: async ({ name }) => oldPods(await releasePods(kubeOf(write), place)).includes(name),
    unseal: (node) => unsealNode(unsealing, node, shares),
    settled: () => allCaughtUp({ write, withinMs, kind: words.kind }),
    handOver: (node) => stepsDown({ write, withinMs, say }, node, names),
    words,
  });
}

/** Whoever leads hands over before its pod is deleted, where there is somebody to hand over to. */
async function stepsDown(unsealing: Unsealing, { name }: VaultNode, names: readonly string[]): Promise<void> {
  if (names.length > 1) await handOver(unsealing, name, words.kind);
}

async function command(read: Readers, place: ReleasePlace): Promise<Command> {
  const old = oldPods(await releasePods(kubeOf(read), place));
  return {
    lines: [
      "# One pod at a time, the active one last; each is unsealed and healthy before the next.",
      ...old.map((name) => `# ${replaceByHand(read, name, place.namespace)}`),
    ].join("\n"),
  };
}
