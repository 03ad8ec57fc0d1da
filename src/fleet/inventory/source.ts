import { CliError } from "../../core/errors.ts";
import type { KubeReader } from "../../systems/world.ts";
import type { Entry } from "./found.ts";
import type { Trust } from "./held.ts";
import type { SourceKind } from "./inventory.ts";

/** Which cluster holds the objects of a source. */
export interface Hub {
  readonly context?: string | undefined;
  readonly kubeconfig?: string | undefined;
}

/** How a source asks. */
export interface Asking {
  readonly trust: Trust;
  readonly home: string;
  /** --kubeconfig, for what names no file. */
  readonly kubeconfig: string | undefined;
  /** Whole paths of files that vault-k8s.yaml names. */
  readonly file: (named: string) => string;
  /** The cluster that holds the objects; opened once a run. */
  readonly hub: (hub: Hub) => Promise<KubeReader>;
}

/** One place where clusters come from. */
export interface Source {
  readonly kind: SourceKind;
  /** For people: "argocd in hub". */
  readonly title: string;
  /** All that it names, also what cannot be used. Throws CliError where it does not answer whole. */
  readonly read: (asking: Asking) => Promise<readonly Entry[]>;
}

/** Makes of what one object says an entry: what is wrong with it stops its own cluster. */
export function entry(
  about: Pick<Entry, "called" | "labels"> & { readonly named?: string | undefined },
  reach: () => Omit<Entry, "called" | "labels" | "named">,
): Entry {
  try {
    return { ...about, ...reach() } as Entry;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { ...about, error };
  }
}

/** "argocd in hub", "secrets". */
export const titleOf = (kind: string, { context }: Hub): string => (context === undefined ? kind : `${kind} in ${context}`);
