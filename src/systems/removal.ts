import type { NotYet } from "../core/errors.ts";
import type { Removal, RemovalState } from "../core/removal.ts";
import type { KubeObject, ObjectRef, Readers, Writers } from "./world.ts";

/** What stands at the name of something that we make, for whoever takes it over as ours. */
export type Ref =
  /** `version`: that of its kind here, where it depends on the cluster; undefined where the kind is not served. */
  | { readonly is: "object"; readonly object: ObjectRef; readonly version?: KindVersion | undefined }
  | { readonly is: "release"; readonly namespace: string; readonly name: string }
  | { readonly is: "auth mount"; readonly path: string }
  | { readonly is: "policy"; readonly name: string };

export type KindVersion = (read: Readers) => Promise<string | undefined>;

/** What takes away something of ours. */
export interface AppRemoval extends Removal<Readers, Writers> {
  /** Whether an object of Kubernetes goes with it, and so is no reason for its namespace to stay. */
  takes?(object: KubeObject): boolean;
  /** What is owned by what it takes stays, without an owner. */
  readonly orphans?: boolean;
  /** A namespace that goes with all that is in it: after all else. */
  readonly namespace?: string;
  /** It never goes. That is said after what goes. */
  readonly saidLast?: boolean;
}

/** What was decided for the whole, and what only the whole knows. */
export interface RemovalPolicy {
  /** Secrets that ExternalSecrets made stay. */
  readonly keepSecrets: boolean;
  /** Why what Vault stored stays; undefined where it goes. */
  readonly dataStays: string | undefined;
  /** Why Vault itself stays; undefined where it goes, and what it stored with its volumes. */
  vaultStays(read: Readers): Promise<string | undefined>;
  /** How something stands that is in a Vault which cannot be asked. Throws CliError where that has to be mended first. */
  inSilentVault(read: Readers, error: NotYet): Promise<RemovalState>;
  /** All that is taken away. */
  all(): readonly AppRemoval[];
  /** How long each may take, in milliseconds. */
  readonly withinMs: number;
}
