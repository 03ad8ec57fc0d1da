import type { Spec } from "../../config/spec.ts";
import type { Need } from "../../systems/need.ts";
import type { AppResource } from "../../systems/step.ts";
import type { Readers, Writers } from "../../systems/world.ts";
import type { Account } from "./account.ts";

/**
 * A way in which Vault has tokens reviewed: all in which one differs from another. Who configures the auth method reads it here, and asks nowhere
 * which one it is.
 */
export interface ReviewerKind {
  /** What it rests on besides the binding: made before Vault is told, and taken away with the rest. */
  resources(spec: Spec): AppResource[];
  /** What has to be there before Vault is told, where what is there was made for another way. */
  before(spec: Spec): AppResource[];
  /** Accounts that get system:auth-delegator. Throws NotYet where Vault has to be there to know them, VK1004 where it cannot be had here. */
  accounts(spec: Spec, read: Readers): Promise<readonly Account[]>;
  /** Those that it may have bound, as far as the settings tell: another kind takes them out of the binding once it works. */
  mayHaveBound(spec: Spec, account: Account): boolean;
  /** Its part of the config. Throws NotYet and VK1004 as above. */
  reviewing(spec: Spec, read: Readers): Promise<Reviewing>;
  /** Tokens for a review from here as Vault would make it. */
  proof(spec: Spec, read: Readers): Promise<ProofTokens>;
  /** What it asks of Kubernetes for all that. */
  needs(spec: Spec): readonly Need[];
  readonly script: ReviewerScript;
}

/** What Vault is told of the reviewer. */
export interface Reviewing {
  /** PEM of the CA that the config holds where the settings name none; empty for that of Vault's own pod. */
  readonly ca: string;
  /** Vault takes the token, and the CA, of its own pod. */
  readonly ownPod: boolean;
  /** Undefined where Vault is given no token. */
  readonly given?: GivenToken;
}

export interface GivenToken {
  readonly token: string;
  /** Where it is from, for people. */
  readonly from: string;
  /** Whether Vault was given this one, at the mount of that accessor. */
  isConfigured(accessor: string): boolean;
  /** Notes that it was. */
  configured(write: Writers, accessor: string): Promise<void>;
}

export interface ProofTokens {
  readonly reviewerToken: string;
  /** The token that is reviewed. */
  readonly token: string;
  readonly audiences: readonly string[];
}

/** How a shell comes to the same. */
export interface ReviewerScript {
  /** Vault takes what it needs of its own pod. */
  readonly ownPod: boolean;
  /** Where the reviewer's part comes from, for a plan that does not have it yet. */
  later(spec: Spec): { readonly ca: string; readonly token?: string };
  /** Lines that put the CA into "$work/reviewer-ca.crt"; none where the config holds none. */
  ca(spec: Spec, context: string): string | undefined;
  /** Lines that put the token into "$work/reviewer-token". */
  token?(spec: Spec, context: string): string;
}
