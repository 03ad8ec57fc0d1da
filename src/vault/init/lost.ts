import { CliError } from "../../core/errors.ts";
import { untilSettled } from "../../core/settle.ts";
import { failure, kinds } from "../../errors.ts";
import type { KubeObject, Readers, Writers } from "../../systems/world.ts";
import { vaultPodSelector } from "../../systems/vault-pods.ts";
import { kubectlAtVault } from "../../kubernetes/kubectl.ts";
import type { VaultRelease } from "./empty-nodes.ts";
import type { Initialising } from "./initialising.ts";
import { answers, nodeStates, said, type NodeState } from "../nodes/states.ts";

/** An init whose answer nobody has. */
export function lost(read: Readers, { namespace, name }: VaultRelease): CliError {
  const selector = `app.kubernetes.io/instance=${name},component=server`;
  return failure(kinds.initLost, {
    what: "Vault is initialised, but the answer with its unseal keys never arrived",
    why: `An init was begun from here and cut off. The keys are given once; they are not in ${read.keys.describe()}, and Vault does not keep them. This Vault can never be unsealed, and it holds nothing yet.`,
    fix: [
      "Delete its data and initialise it anew: vault-k8s operator init --wipe-lost NAME, with the name of the cluster typed out and the flags of this run. By hand:",
      `${kubectlAtVault(read, `delete pvc -n ${namespace} -l ${selector} --wait=false`)}; ${kubectlAtVault(read, `delete pod -n ${namespace} -l ${selector}`)}, and remove the mark (…-under-way.json) beside the key file.`,
      "If somebody else has initialised this Vault, its keys are with them: remove the mark only.",
    ].join("\n"),
  });
}

/**
 * Deletes the volumes and pods of a Vault whose keys were lost, and waits until its pods are empty. Only where no pod is unsealed: a Vault
 * whose keys were lost cannot be.
 * @throws CliError VK1514
 */
export async function wipe({ write, withinMs, say, lease }: Initialising, release: VaultRelease): Promise<void> {
  const before = await nodeStates(write.nodes);
  refuseWipe(write, before);
  for (const kind of ["PersistentVolumeClaim", "Pod"]) {
    for (const { metadata } of await ofRelease(write, kind, release)) {
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
  try {
    return await nodeStates(nodes);
  } catch (error) {
    if (!(error instanceof CliError) || error.kind === kinds.interrupted) throw error;
    return [];
  }
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

const ofRelease = (write: Writers, kind: string, { namespace, name }: VaultRelease): Promise<KubeObject[]> =>
  write.kube.list({
    apiVersion: "v1",
    kind,
    namespace,
    labelSelector: vaultPodSelector(name),
  });
