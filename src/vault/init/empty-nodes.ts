import type { CliError } from "../../core/errors.ts";
import { untilSettled } from "../../core/settle.ts";
import { failure, kinds } from "../../errors.ts";
import type { KubeReader, Readers } from "../../systems/world.ts";
import type { Unsealing } from "../unseal/node.ts";
import { podsOfSet, releaseSet } from "../../systems/vault-pods.ts";
import { answers, isUnreachable, missing, nodeStates, said, type Answering, type NodeState } from "../nodes/states.ts";

/** Which Helm release Vault's pods are of. */
export interface VaultRelease {
  readonly namespace: string;
  readonly name: string;
}

/**
 * All nodes, when every one of them answers and is empty: a node that does not answer may hold an initialised Vault, and another init would
 * make a second one. Waits for those that start.
 * @throws CliError VK1510 naming those that do not answer.
 */
export async function everyNodeEmpty({ write, withinMs, say }: Unsealing, release: VaultRelease): Promise<Answering[]> {
  let lastSaid = "";
  const states = await untilSettled(
    () => expected(write, release),
    (found) => {
      const silent = found.filter(isUnreachable).map(said).join(", ");
      if (silent !== lastSaid && silent !== "") say(`before init every pod must answer: ${silent}`);
      lastSaid = silent;
      return silent === "" || found.some(({ state }) => state !== "uninitialised" && state !== "unreachable");
    },
    { withinMs, everyMs: 500 },
  );
  const empty = states.filter(answers).filter(({ state }) => state === "uninitialised");
  if (empty.length === states.length) return empty;
  throw states.some(isUnreachable)
    ? silentPods(states)
    : failure(kinds.vaultRejected, {
        what: `Vault is initialised already: ${states.map(said).join(", ")}`,
        fix: "Run the same command again.",
      });
}

/** The nodes, and those pods of the StatefulSet that are not there. */
async function expected(read: Readers, release: VaultRelease): Promise<NodeState[]> {
  const states = await nodeStates(read.nodes);
  return [...states, ...missing(states, await podNames(read.vaultKube, release))];
}

async function podNames(kube: KubeReader | undefined, { namespace, name }: VaultRelease): Promise<string[]> {
  const set = kube === undefined ? undefined : await releaseSet(kube, { namespace, release: name });
  return set === undefined ? [] : podsOfSet(set);
}

function silentPods(states: readonly NodeState[]): CliError {
  return failure(kinds.podsSilent, {
    what: `Vault is not initialised while a pod does not answer: ${states.filter(isUnreachable).map(said).join(", ")}`,
    why: "It may hold a Vault that is initialised already; another init would make a second one beside it.",
    fix: "Bring it up (kubectl describe pod says what it waits for), or ask for fewer --replicas; then run the same command again.",
  });
}
