import type { ErrorKind, Explanation } from "../../core/errors.ts";
import type { Say } from "../../core/resource.ts";
import { kubectlAtVault } from "../../kubernetes/kubectl.ts";
import type { Readers, VaultNode, Writers } from "../../systems/world.ts";

/** Why pods are replaced, for people. */
export interface ReplaceWords {
  /** The kind of each failure that says that a pod is still as it was. */
  readonly kind: ErrorKind;
  /** What is the matter with the pods: "Vault's pods speak http". */
  readonly what: string;
  /** The same of one whose turn it is: "speaks http: it is replaced, and comes back with https". */
  readonly turn: string;
  /** One that came back as it was. */
  unchanged(name: string): Explanation;
}

/** Pods that are to be replaced by new ones of the same name, and what that takes. */
export interface Replacement {
  readonly write: Writers;
  readonly namespace: string;
  /** For each wait, in milliseconds. */
  readonly withinMs: number;
  readonly say: Say;
  /** All pods that there should be. */
  readonly names: readonly string[];
  /** Whether a pod is one of those that are to be replaced. */
  readonly isOld: (node: VaultNode) => boolean | Promise<boolean>;
  /** Unseals one pod. Throws where it cannot. */
  readonly unseal: (node: VaultNode) => Promise<void>;
  /** Asked before each pod is deleted. Throws where another run is at work on this Vault by now. */
  readonly stillHeld: () => Promise<void>;
  /** Looks, before each pod is deleted and after the last one, whether all members are as they should be, and waits for it. */
  readonly settled?: () => Promise<void>;
  /** Has a pod that leads hand over before it is deleted, where others could lead. */
  readonly handOver?: (node: VaultNode) => Promise<void>;
  readonly words: ReplaceWords;
}

/** What a person types to replace a pod: it can be unsealed once it runs. */
export const replaceByHand = (read: Readers, name: string, namespace: string): string =>
  [
    kubectlAtVault(read, `delete pod ${name} -n ${namespace}`),
    `until ${kubectlAtVault(read, `wait pod/${name} -n ${namespace} --for=jsonpath='{.status.phase}'=Running --timeout=1m`)}; do sleep 1; done`,
    "vault-k8s operator unseal (with the flags of this run)",
  ].join("; ");
