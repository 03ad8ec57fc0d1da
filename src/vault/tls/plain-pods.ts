import { CliError } from "../../core/errors.ts";
import { untilSettled } from "../../core/settle.ts";
import { failure, kinds } from "../../errors.ts";
import type { ObjectRef, Readers, VaultNode, Writers } from "../../systems/world.ts";
import { kubectlAtVault } from "../../kubernetes/kubectl.ts";
import { leaderNow, leaderWithin } from "../nodes/leader.ts";
import { onObject, type Need } from "../../systems/need.ts";
import { refuseSplitBrain } from "../nodes/split-brain.ts";
import { sharesInCustody } from "../unseal/keys.ts";
import { unsealNode, type Unsealing } from "../unseal/node.ts";
import { podsOfSet } from "../pods.ts";
import { answers, isUnreachable, missing, nodeStates, said, stateOf, type Answering, type NodeState } from "../nodes/states.ts";

/** Whether a pod was started with the configuration of a Vault without TLS. */
export const isPlain = ({ peerAddress }: VaultNode): boolean => peerAddress.startsWith("http:");

/**
 * Has pods that speak http speak https. The chart's StatefulSet replaces no pod by itself, and a listener takes TLS only when it starts, so
 * each pod is deleted and unsealed again. Its volume stays, and with it its place in the raft. One at a time, the active one last, and
 * only while all others are there, unsealed, and follow a leader: the raft never lacks more than one.
 * @throws CliError VK1233 where a pod could not come back with https and unsealed, or did not; VK1507.
 */
export async function replacePlain(unsealing: Unsealing, namespace: string): Promise<void> {
  const { write } = unsealing;
  const first = (await write.nodes.nodes()).find(isPlain);
  if (first === undefined) return;
  const names = await configuredPods(write, first, namespace);
  const shares = await sharesToUnseal(write, namespace);
  for (;;) {
    await holdTogether(unsealing, names, shares);
    const next = await nextPlain(write);
    if (next === undefined) return;
    await replace(unsealing, next.node, shares, namespace);
  }
}

/** Pods that speak http; none where they cannot be known yet. */
export async function plainPods({ nodes }: Readers): Promise<VaultNode[]> {
  const known = await nodes.nodes().catch((error: unknown) => {
    if (error instanceof CliError) return [];
    throw error;
  });
  return known.filter(isPlain);
}

/** What it needs besides: nothing where no pod speaks http. */
export async function needsToReplace(read: Readers, namespace: string): Promise<Need[]> {
  if ((await plainPods(read)).length === 0) return [];
  return [
    ...onObject({ apiVersion: "v1", kind: "Pod", namespace }, ["get", "delete"]),
    ...onObject({ apiVersion: "apps/v1", kind: "StatefulSet", namespace }, ["get"]),
  ];
}

interface SetShape {
  readonly spec?: {
    readonly template?: {
      readonly spec?: { readonly containers?: readonly { readonly env?: readonly { readonly name: string; readonly value?: string }[] }[] };
    };
  };
}

/** The pods that there should be. One that would come back as it was is not deleted: the charts write the scheme into these variables. */
async function configuredPods(write: Writers, { name: pod }: VaultNode, namespace: string): Promise<string[]> {
  const name = pod.replace(/-\d+$/, "");
  const set = await write.kube.get({ apiVersion: "apps/v1", kind: "StatefulSet", namespace, name });
  const env = ((set as SetShape | undefined)?.spec?.template?.spec?.containers ?? []).flatMap((container) => container.env ?? []);
  if (set !== undefined && env.some((one) => ["VAULT_ADDR", "BAO_ADDR"].includes(one.name) && one.value?.startsWith("https:") === true))
    return podsOfSet(set);
  throw failure(kinds.tlsStillPlain, {
    what: "Vault's pods are configured to speak http",
    why: "A pod that is replaced would come back as it was.",
    fix: "vault-k8s install changes that, and bootstrap does. Where --values or --set say global.tlsDisable, take it out; or stay with http: --insecure-no-tls.",
  });
}

/** None where there is nothing to unseal, or Vault unseals itself. */
export async function sharesToUnseal(read: Readers, namespace: string): Promise<readonly string[]> {
  if ((await read.keys.underWay()) !== undefined)
    throw failure(kinds.tlsStillPlain, {
      what: "Vault's pods speak http, and an init of this Vault was begun and not brought to its end",
      why: "A pod is deleted only when the keys are known to unseal it.",
      fix: "vault-k8s operator init goes on with it. Then run the same command again.",
    });
  const states = await nodeStates(read.nodes);
  const initialised = states.filter(answers).filter(({ state }) => state === "sealed" || state === "unsealed");
  if (initialised.length === 0 || initialised.some(({ seal }) => seal.recovery_seal === true)) return [];
  const found = await sharesInCustody(read);
  if (found.kind === "enough") return found.shares;
  throw failure(kinds.tlsStillPlain, {
    what: "Vault's pods speak http until they are deleted and unsealed, and there are no keys here to unseal them",
    why: [found.why.message, found.why.why].filter(Boolean).join(": "),
    fix: byHand(read, namespace, states),
  });
}

/** What a person types to replace a pod: it can be unsealed once it runs. */
export const replaceByHand = (read: Readers, name: string, namespace: string): string =>
  [
    kubectlAtVault(read, `delete pod ${name} -n ${namespace}`),
    `until ${kubectlAtVault(read, `wait pod/${name} -n ${namespace} --for=jsonpath='{.status.phase}'=Running --timeout=1m`)}; do sleep 1; done`,
    "vault-k8s operator unseal (with the flags of this run)",
  ].join("; ");

const byHand = (read: Readers, namespace: string, states: readonly NodeState[]): string =>
  [
    "Replace one pod at a time, the active one last, and unseal it before the next; each keeps its volume:",
    ...states.filter(({ node }) => isPlain(node)).map(({ node: { name } }) => replaceByHand(read, name, namespace)),
    "Then run the same command again.",
  ].join("\n");

/** Every pod that belongs to the raft is unsealed and follows a leader: an interrupted run may have left one sealed. */
async function holdTogether(unsealing: Unsealing, names: readonly string[], shares: readonly string[]): Promise<void> {
  const { write, withinMs } = unsealing;
  const states = await untilSettled(
    async () => {
      const found = await nodeStates(write.nodes);
      return [...found, ...missing(found, names)];
    },
    (found) => found.every(answers),
    { withinMs },
  );
  const away = states.filter(isUnreachable);
  if (away.length > 0)
    throw failure(kinds.tlsStillPlain, {
      what: "Vault's pods speak http, and are replaced only while all others answer",
      why: away.map(said).join("\n"),
      fix: "Bring it up (kubectl describe pod says what it waits for), then run the same command again.",
    });
  await refuseSplitBrain(write, states);
  for (const { node, state } of states) if (state === "sealed") await unsealNode(unsealing, node, shares);
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

async function followingNobody({ nodes }: Readers, members: readonly VaultNode[]): Promise<VaultNode[]> {
  const leaders = await Promise.all(members.map((node) => nodes.leader(node)));
  return members.filter((_, index) => {
    const { ha_enabled: knowsLeaders, is_self: leads, leader_address: leader } = leaders[index]!;
    return knowsLeaders && !leads && leader === "";
  });
}

/** Pods that lead nobody come first: the active one hands over only once. */
async function nextPlain(write: Writers): Promise<Answering | undefined> {
  const plain = (await nodeStates(write.nodes)).filter(answers).filter(({ node }) => isPlain(node));
  const leader = plain.length > 1 ? await leaderNow(write) : undefined;
  return plain.find(({ node }) => node.name !== leader?.name);
}

async function replace(unsealing: Unsealing, { name }: VaultNode, shares: readonly string[], namespace: string): Promise<void> {
  const { write, withinMs, say } = unsealing;
  const ref: ObjectRef = { apiVersion: "v1", kind: "Pod", namespace, name };
  const before = (await write.kube.get(ref))?.metadata.uid;
  say(`${name} speaks http: it is replaced, and comes back with https`);
  await write.kube.remove(ref);
  const back = await untilSettled(
    () => cameBack(write, ref, before),
    (state) => state !== undefined,
    { withinMs },
  );
  if (back === undefined)
    throw failure(kinds.tlsStillPlain, {
      what: `${name} was deleted, and does not answer again`,
      fix: `${kubectlAtVault(write, `describe pod ${name} -n ${namespace}`)} says what it waits for. When it runs, vault-k8s operator unseal (with the flags of this run) unseals it; then run the same command again.`,
    });
  if (back.state === "sealed") await unsealNode(unsealing, back.node, shares);
  if (isPlain(back.node))
    throw failure(kinds.tlsStillPlain, {
      what: `${name} came back, and still speaks http`,
      why: "Something changed the configuration of Vault's pods meanwhile.",
      fix: "vault-k8s install changes it back. To stay with http, say --insecure-no-tls.",
    });
}

/** The new pod of that name, once it answers. */
async function cameBack(write: Writers, ref: ObjectRef, before: string | undefined): Promise<Answering | undefined> {
  const pod = await write.kube.get(ref);
  if (pod === undefined || pod.metadata.uid === before) return undefined;
  const node = (await write.nodes.nodes()).find(({ name }) => name === ref.name);
  const state = node === undefined ? undefined : await stateOf(write.nodes, node);
  return state !== undefined && answers(state) ? state : undefined;
}
