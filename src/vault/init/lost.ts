import type { CliError } from "../../core/errors.ts";
import { fact, valueOf } from "../../core/fact.ts";
import { untilSettled } from "../../core/settle.ts";
import { failure, kinds } from "../../errors.ts";
import type { Readers, Writers } from "../../systems/world.ts";
import { kubectlAtVault } from "../../kubernetes/kubectl.ts";
import type { VaultRelease } from "./empty-nodes.ts";
import type { Initialising } from "./initialising.ts";
import { against, ofRelease, seenNow } from "./seen.ts";
import { answers, nodeStates, said, type NodeState } from "../nodes/states.ts";

/** An init whose answer nobody has. */
export function lost(read: Readers, release: VaultRelease): CliError {
  return failure(kinds.initLost, {
    what: "Vault is initialised, but the answer with its unseal keys never arrived",
    why: `An init was begun from here and cut off. The keys are given once; they are not in ${read.keys.describe()}, and Vault does not keep them. This Vault can never be unsealed, and it holds nothing yet.`,
    fix: [
      "Delete its data and initialise it anew: vault-k8s operator init --wipe-lost NAME, with the name of the cluster typed out and the flags of this run. By hand:",
      byHand(read, release),
      "If somebody else has initialised this Vault, its keys are with them: remove the mark only.",
    ].join("\n"),
  });
}

const byHand = (read: Readers, { namespace, name }: VaultRelease): string => {
  const selector = `app.kubernetes.io/instance=${name},component=server`;
  return `${kubectlAtVault(read, `delete pvc -n ${namespace} -l ${selector} --wait=false`)}; ${kubectlAtVault(read, `delete pod -n ${namespace} -l ${selector}`)}, and remove the mark (….under-way) beside the key file.`;
};

/**
 * Deletes the volumes and pods of a Vault whose keys were lost, and waits until its pods are empty. Only where it is proven that it is this
 * Vault: no pod is unsealed, since a Vault whose keys were lost cannot be, and all pods and volumes are those that the request went to, untouched.
 * @throws CliError VK1514
 */
export async function wipe({ write, withinMs, say, lease }: Initialising, release: VaultRelease): Promise<void> {
  const before = await nodeStates(write.nodes);
  refuseWipe(write, before);
  await refuseUnproven(write, release);
  for (const kind of ["PersistentVolumeClaim", "Pod"]) {
    for (const { metadata } of await ofRelease(write.kube, kind, release)) {
      say(`deleting ${kind} ${metadata.name}`);
      await lease.stillHeld();
      await write.kube.remove({ apiVersion: "v1", kind, namespace: release.namespace, name: metadata.name });
    }
  }
  const cameBack = (states: readonly NodeState[]): boolean => states.length >= before.length && isEmpty(states);
  const after = await untilSettled(() => statesMeanwhile(write), cameBack, { withinMs, everyMs: 500 });
  if (!cameBack(after))
    throw failure(kinds.notWiped, {
      what: "Vault's pods did not come back empty",
      why: after.length === 0 ? "None of them answers." : after.map(said).join("\n"),
      fix: `Look at the pods and claims of namespace ${release.namespace}, then run the same command again.`,
    });
  await write.keys.abandon();
}

/** While all pods are made anew none answers, or none is there. */
async function statesMeanwhile({ nodes }: Writers): Promise<NodeState[]> {
  return valueOf(await fact(() => nodeStates(nodes))) ?? [];
}

const isEmpty = (states: readonly NodeState[]): boolean => states.every(({ state }) => state === "uninitialised");

function refuseWipe(write: Writers, states: readonly NodeState[]): void {
  if (write.where.vaultIs !== "cluster")
    throw failure(kinds.notWiped, {
      what: "Vault's data is only wiped in the cluster that is wired",
      why: "Vault runs elsewhere.",
      fix: "Do it there.",
    });
  const open = states.filter((state) => !answers(state) || state.state === "unsealed" || state.state === "removed");
  if (open.length > 0)
    throw failure(kinds.notWiped, {
      what: `Vault's data is not wiped: ${open.map(said).join(", ")}`,
      why: "A Vault whose keys were lost can have no unsealed pod, and a pod that does not answer might be one.",
      fix: "Find out who unsealed it: they have the keys. Or bring the pod up, then run the same command again.",
    });
}

async function refuseUnproven(write: Writers, release: VaultRelease): Promise<void> {
  const [begun, now] = await Promise.all([write.keys.underWay(), seenNow(write.vaultKube, release)]);
  const why = against(begun, now);
  if (why.length === 0) return;
  throw failure(kinds.notWiped, {
    what: "Vault's data is not wiped: it may be that of a Vault which somebody else initialised",
    why: why.join("\n"),
    fix: `Find out who did: they have the keys; then remove the mark (….under-way) beside the key file. If nobody did, by hand: ${byHand(write, release)}`,
  });
}
