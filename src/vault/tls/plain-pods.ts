import { CliError } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import { leaseNow, type LeaseOf } from "../../kubernetes/lease.ts";
import { onObject, type Need } from "../../systems/need.ts";
import type { Readers, VaultNode, Writers } from "../../systems/world.ts";
import { replaceEach } from "../nodes/replace.ts";
import { replaceByHand, type ReplaceWords } from "../nodes/replacement.ts";
import type { NodeState } from "../nodes/states.ts";
import { podsOfSet } from "../../systems/vault-pods.ts";
import { unsealNode, type Unsealing } from "../unseal/node.ts";
import { sharesToReplace } from "../unseal/to-replace.ts";

/** Whether a pod was started with the configuration of a Vault without TLS. */
export const isPlain = ({ peerAddress }: VaultNode): boolean => peerAddress.startsWith("http:");

const words: ReplaceWords = {
  kind: kinds.tlsStillPlain,
  what: "Vault's pods speak http",
  turn: "speaks http: it is replaced, and comes back with https",
  unchanged: (name) => ({
    what: `${name} came back, and still speaks http`,
    why: "Something changed the configuration of Vault's pods meanwhile.",
    fix: "vault-k8s install changes it back. To stay with http, pass --insecure-no-tls.",
  }),
};

/**
 * Has pods that speak http speak https: a listener takes TLS only when it starts.
 * @throws CliError VK1233 where a pod could not come back with https and unsealed, or did not; VK1507.
 */
export async function replacePlain(unsealing: Unsealing, of: LeaseOf): Promise<void> {
  const { write } = unsealing;
  const { namespace } = of;
  const first = (await write.nodes.nodes()).find(isPlain);
  if (first === undefined) return;
  const names = await configuredPods(write, first, namespace);
  const shares = await sharesToUnseal(write, namespace);
  const unseal = (node: VaultNode): Promise<void> => unsealNode(unsealing, node, shares);
  const stillHeld = async (): Promise<void> => (await leaseNow(write.vaultKube, of)).stillHeld();
  await replaceEach({ ...unsealing, namespace, names, isOld: isPlain, unseal, stillHeld, words });
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
    // That a pod speaks http is believed where an earlier template of its StatefulSet says so.
    ...onObject({ apiVersion: "apps/v1", kind: "ControllerRevision", namespace }, ["get"]),
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

/** None where there is nothing to unseal, or Vault unseals itself. Throws VK1233 where pods cannot be unsealed from here. */
export const sharesToUnseal = (read: Readers, namespace: string): Promise<readonly string[]> =>
  sharesToReplace(read, { ...words, until: "until they are deleted and unsealed", byHand: (states) => byHand(read, namespace, states) });

const byHand = (read: Readers, namespace: string, states: readonly NodeState[]): string =>
  [
    "Replace one pod at a time, the active one last, and unseal it before the next; each keeps its volume:",
    ...states.filter(({ node }) => isPlain(node)).map(({ node: { name } }) => replaceByHand(read, name, namespace)),
    "Then run the same command again.",
  ].join("\n");
