import type { LoginPlan } from "./login-plan.ts";

// What is seen of the operator, its stores and its ExternalSecrets.

export interface Condition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export interface EventFact {
  readonly message: string;
  readonly ageMs: number;
}

export interface StoreFact {
  /** In which it is served. */
  readonly apiVersion: string;
  readonly server: string;
  readonly path: string;
  readonly version: string;
  readonly vaultNamespace: string;
  readonly hasCa: boolean;
  /** The class of operators that it is for; empty for all. */
  readonly controller: string;
  /** Undefined where it does not log in by Kubernetes. */
  readonly login: LoginPlan | undefined;
  /** Another tool wrote fields of its spec: a server-side apply of ours would not take them over. */
  readonly foreign: boolean;
  readonly ready: Condition | undefined;
  readonly events: readonly EventFact[];
  /** When the operator last said anything of it, good or bad. */
  readonly heardMs: number | undefined;
}

export interface ExternalFact {
  /** As of a store. */
  readonly apiVersion: string;
  readonly namespace: string;
  readonly name: string;
  readonly ready: Condition | undefined;
  readonly store: { readonly kind: string; readonly name: string } | undefined;
  /** Paths as Vault's API has them, with the property that is wanted of each. */
  readonly keys: readonly { readonly path: string; readonly property: string | undefined }[];
  /** As of a store. */
  readonly foreign: boolean;
  readonly events: readonly EventFact[];
  /** When it was last synced, in milliseconds since 1970, as it says. */
  readonly syncedMs: number | undefined;
  /** How often it is synced, in seconds; undefined where it does not say, or is not synced again by itself. */
  readonly everySeconds: number | undefined;
  /** It was synced, and is not synced again by itself. */
  readonly once: boolean;
  /** Whether its Secret holds other values than what is made of Vault's; undefined where that cannot be told. */
  readonly differs: boolean | undefined;
}

export interface DeploymentFact {
  readonly name: string;
  readonly wanted: number;
  readonly available: number;
  /** The service account that its pods run as. */
  readonly account: string;
  /** Of its first container. */
  readonly args: readonly string[];
}

/** A pod of the operator's that runs. */
export interface OperatorPodFact {
  readonly account: string;
  readonly createdMs: number;
}
