import { untilSettled } from "../../core/settle.ts";
import { failure } from "../../errors.ts";
import { kubectlAtVault } from "../../kubernetes/kubectl.ts";
import { whyNotUp } from "../../systems/standstill/why.ts";
import type { ObjectRef, VaultNode, Writers } from "../../systems/world.ts";
import { holdTogether } from "./hold-together.ts";
import { leaderNow } from "./leader.ts";
import type { Replacement } from "./replacement.ts";
import { answers, nodeStates, stateOf, type Answering } from "./states.ts";

/**
 * Replaces pods that the chart's StatefulSet does not replace by itself: each is deleted and unsealed again. Its volume stays, and with it its
 * place in the raft. One at a time, the active one last, and only while all others are there, unsealed, and follow a leader: the raft never
 * lacks more than one.
 * @throws CliError of the kind in `words` where a pod could not come back as it should, or did not; VK1211, VK1507, and what `unseal` throws.
 */
export async function replaceEach(work: Replacement): Promise<void> {
  for (;;) {
    await holdTogether(work);
    await work.settled?.();
    const next = await nextOld(work);
    if (next === undefined) return;
    if (next.leads) await work.handOver?.(next.node);
    await replace(work, next.node);
  }
}

/** Pods that lead nobody come first: the active one hands over only once. */
async function nextOld({ write, isOld }: Replacement): Promise<{ readonly node: VaultNode; readonly leads: boolean } | undefined> {
  const states = (await nodeStates(write.nodes)).filter(answers);
  const which = await Promise.all(states.map(({ node }) => isOld(node)));
  const old = states.filter((_, index) => which[index]);
  if (old.length === 0) return undefined;
  const leader = await leaderNow(write);
  const follower = old.find(({ node }) => node.name !== leader?.name);
  const { node } = follower ?? old[0]!;
  return { node, leads: follower === undefined };
}

async function replace(work: Replacement, { name }: VaultNode): Promise<void> {
  const { write, withinMs, say, namespace, words } = work;
  const ref: ObjectRef = { apiVersion: "v1", kind: "Pod", namespace, name };
  const before = (await write.kube.get(ref))?.metadata.uid;
  say(`${name} ${words.turn}`);
  await work.stillHeld();
  await write.kube.remove(ref);
  const back = await untilSettled(
    () => cameBack(write, ref, before),
    (state) => state !== undefined,
    { withinMs },
  );
  if (back === undefined)
    throw failure(words.kind, {
      what: `${name} was deleted, and does not answer again`,
      why: await whyAway(write, ref),
      fix: `${kubectlAtVault(write, `describe pod ${name} -n ${namespace}`)} says what it waits for. When it runs, vault-k8s operator unseal (with the flags of this run) unseals it; then run the same command again.`,
    });
  if (back.state === "sealed") await work.unseal(back.node);
  if (await work.isOld(back.node)) throw failure(words.kind, words.unchanged(name));
}

/** What its controller, or the pod that was made, says of it. */
async function whyAway(write: Writers, ref: ObjectRef): Promise<string | undefined> {
  const kube = write.vaultKube ?? write.kube;
  const [pod, set] = await Promise.all([kube.get(ref), kube.get({ ...ref, apiVersion: "apps/v1", kind: "StatefulSet", name: setOf(ref) })]);
  const standing = { makers: pod === undefined && set !== undefined ? [set] : [], pods: pod === undefined ? [] : [pod] };
  const why = await whyNotUp(kube, standing, 0);
  return why.length === 0 ? undefined : why.map(({ words }) => words).join("\n");
}

const setOf = ({ name }: ObjectRef): string => name.replace(/-\d+$/, "");

/** The new pod of that name, once it answers. */
async function cameBack(write: Writers, ref: ObjectRef, before: string | undefined): Promise<Answering | undefined> {
  const pod = await write.kube.get(ref);
  if (pod === undefined || pod.metadata.uid === before) return undefined;
  const node = (await write.nodes.nodes()).find(({ name }) => name === ref.name);
  const state = node === undefined ? undefined : await stateOf(write.nodes, node);
  return state !== undefined && answers(state) ? state : undefined;
}
