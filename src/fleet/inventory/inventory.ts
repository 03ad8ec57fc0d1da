import type { SourceWish } from "../../config/fleet.ts";
import type { Flags } from "../../config/sources.ts";
import type { CliError } from "../../core/errors.ts";
import type { HeldContext } from "../../systems/kube/context.ts";

/** How a cluster is reached: as kubectl would, or with what was read out of a Secret or an object and is kept nowhere. */
export type Reach =
  | { readonly kind: "context"; readonly kubeconfig: string | undefined; readonly context: string }
  | { readonly kind: "held"; readonly held: HeldContext; readonly object: HeldObject };

/** The object that credentials were read out of, in the words in which a source names it again. */
export type HeldObject =
  | { readonly form: "argocd"; readonly secret: string }
  | { readonly form: "kubeconfig"; readonly secret: string; readonly key: string }
  | { readonly form: "profile"; readonly profile: string };

/** The sources by their keys in vault-k8s.yaml; `file` are the clusters that the file itself names. */
export type SourceKind = "file" | KeysOf<SourceWish>;
type KeysOf<T> = T extends unknown ? Exclude<keyof T, "kubeconfig"> : never;

/** One cluster of a fleet. */
export interface FleetCluster {
  /** Its name in Vault. */
  readonly name: string;
  /** What its source calls it, such as a context, or NAMESPACE/NAME of a Secret. */
  readonly called: string;
  /** The source that counts, for people: "argocd in hub". */
  readonly source: string;
  /** Other sources that have the same cluster, and what they call it: "contexts prod-1". */
  readonly also: readonly string[];
  readonly reach: Reach;
  /** Of its API server, for people. */
  readonly server: string;
  /** The UID of its kube-system. */
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Settings that reach it, for what reads a kubeconfig; the rest stands in the file, below `clusters` and `fleet.defaults`. */
  readonly overrides: Flags;
}

/** A cluster that is of the fleet and cannot be worked on, and why. It stops no other. */
export interface RefusedCluster {
  /** Its name in Vault as far as it can be told; undefined where none can be made. */
  readonly name: string | undefined;
  readonly called: string;
  /** Undefined where it was not asked, or did not answer: it may be any cluster that Vault knows. */
  readonly uid: string | undefined;
  readonly source: string;
  readonly error: CliError;
}

/** What a source gave. */
export interface SourceAnswer {
  readonly source: string;
  readonly kind: SourceKind;
  /** How many clusters it named, with those that are refused. */
  readonly found: number;
  /** Why it did not answer whole: what is not in the list may still be of the fleet. */
  readonly error: CliError | undefined;
}

/** The clusters of a fleet, as all of its sources say now. */
export interface Inventory {
  /** The name of the fleet, for the marks of its mounts. */
  readonly fleet: string | undefined;
  /** By name. */
  readonly clusters: readonly FleetCluster[];
  readonly refused: readonly RefusedCluster[];
  readonly sources: readonly SourceAnswer[];
  /** Only a part was asked for, with --only, --except or --selector. */
  readonly narrowed: boolean;
}
