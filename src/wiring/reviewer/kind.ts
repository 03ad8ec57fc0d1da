import type { Spec } from "../../config/spec.ts";
import type { InstallSpec } from "../../config/spec/install.ts";
import type { ReviewerAccount } from "../../config/spec/wiring.ts";
import type { Evidence } from "../../consumers/diagnosis/evidence.ts";
import type { Diff, Say } from "../../core/resource.ts";
import type { Need } from "../../systems/need.ts";
import type { AppRemoval } from "../../systems/removal.ts";
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
  /** What it asks of Kubernetes for all that. */
  needs(spec: Spec, read: Readers): readonly Need[] | Promise<readonly Need[]>;
  /** What a rotation that was stopped left: it goes once Vault surely has another token. Left out where nothing is left. */
  left?(spec: Spec, read: Readers): Promise<AppRemoval[]>;
  /** What it left where Vault reviews another way now. Left out where its resources are all. */
  abandoned?(spec: Spec, read: Readers): Promise<AppRemoval[]>;
  /** How what Vault was given is exchanged for a new one. Left out where it is given none. */
  readonly rotation?: Rotation;
  /** For whoever looks for what is wrong. */
  asked(of: AskedOf): Evidence["asked"]["reviewer"];
  readonly script: ReviewerScript;
}

/** Vault has one token that is valid at every moment of it. */
export interface Rotation {
  /** What Vault has now; a conflict where others rest on it. Throws NotYet where there is none to exchange. */
  look(spec: Spec, read: Readers): Promise<Diff>;
  needs(spec: Spec): readonly Need[];
  /** `hand` proves a new one, gives it to Vault, and proves logins with it: only then the one before it may go. */
  rotate(spec: Spec, write: Writers, hand: (reviewing: Reviewing) => Promise<void>, say: Say): Promise<void>;
}

/** What of the settings tells whose token it is. */
interface AskedOf {
  readonly reviewer: ReviewerAccount;
  readonly client: Account;
  readonly vault: InstallSpec;
}

/** What Vault is told of the reviewer. */
export interface Reviewing {
  /** PEM of the CA that the config holds where the settings name none; empty for that of Vault's own pod. */
  readonly ca: string;
  /** Vault takes the token, and the CA, of its own pod. */
  readonly ownPod: boolean;
  /** Undefined where Vault is given no token. */
  readonly given?: GivenToken;
  /** Tokens for a review from here as Vault would make it: asked for when the config is about to be written. */
  ready(write: Writers): Promise<ReadyToken>;
}

export interface ReadyToken {
  /** The token that Vault is given; undefined for none. */
  readonly jwt?: string;
  readonly proof: ProofTokens;
}

export interface GivenToken {
  /** Which one, for people; a secret only as a fingerprint. */
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
  ca(spec: Spec, read: Readers): Promise<string | undefined>;
  /** Lines that put the token into "$work/reviewer-token". */
  token?(spec: Spec, read: Readers): Promise<string>;
  /** Whether a Secret says which token Vault has. */
  readonly notes: boolean;
}

/** A token that Vault is given, and that reviews itself in the proof. */
export const readyWith = (jwt: string): ReadyToken => ({ jwt, proof: { reviewerToken: jwt, token: jwt, audiences: [] } });
