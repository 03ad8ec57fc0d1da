import type { ReviewResult } from "../../systems/world.ts";
import type { Ownership } from "../../kubernetes/ownership.ts";
import type { Consumer } from "../consumer.ts";
import type { Fact } from "../../core/fact.ts";
import type { Account, LoginPlan } from "./login-plan.ts";
import type { DeploymentFact, ExternalFact, OperatorPodFact, StoreFact } from "./operator-facts.ts";

/** A service account as it is. */
export interface AccountFact {
  readonly uid: string;
  readonly createdMs: number;
  readonly ageMs: number;
}

/** What the settings want: the names that are asked for, and what things should be like. */
export interface Asked {
  readonly cluster: string;
  readonly context: string;
  /** Address of the API server in the kubeconfig. */
  readonly server: string;
  /** Context of the cluster in which Vault's pods run, where they run in pods. */
  readonly vaultContext: string | undefined;
  readonly installNamespace: string;
  readonly mount: string;
  readonly role: string;
  readonly policies: readonly string[];
  /** Audience of tokens that log in. */
  readonly audience: string | undefined;
  /** Whether they are for the API server too. */
  readonly reviewsItself: boolean;
  /** The account that logs in. */
  readonly account: Account;
  readonly kvMount: string;
  readonly kvPrefix: string;
  /** The kind of what gets the secrets. */
  readonly consumer: Consumer;
  readonly operatorNamespace: string;
  readonly reviewer: AskedReviewer;
  /** Undefined for a kind without stores. */
  readonly store: { readonly kind: string; readonly name: string; readonly namespace: string | undefined } | undefined;
  readonly namespace: string;
  /** The ExternalSecrets that the settings name: path below the prefix, and keys, none for all. */
  readonly secrets: readonly { readonly name: string; readonly path: string; readonly keys: readonly string[] }[];
}

/** Whose token Vault is to review with. */
interface AskedReviewer extends Account {
  /** It is given to Vault, from a Secret. */
  readonly givesToken: boolean;
  /** It is the one that logs in. */
  readonly isClient: boolean;
  /** It ends by itself. */
  readonly ends: boolean;
  /** It is that of Vault's pods: the name is what the chart would call it. */
  readonly isVaults: boolean;
}

export interface NodeFact {
  readonly name: string;
  readonly state: "active" | "standby" | "standalone" | "sealed" | "not initialised" | "not running" | "not reachable";
  readonly detail: string | undefined;
}

/** How Vault's pods stand to their StatefulSet. */
export interface RevisionFact {
  readonly all: number;
  /** Those that an earlier template made. */
  readonly old: readonly string[];
}

/** The token that took over from the root token, as Vault sees it. */
export type KeptTokenFact =
  /** Vault does not know it (any more). */
  | { readonly kind: "ended" }
  | {
      readonly kind: "valid";
      /** Seconds that are left; 0 for ever. */
      readonly ttl: number;
      /** Seconds that a renewal gives. */
      readonly life: number;
      /** When it ends, RFC 3339; undefined for never. */
      readonly expires: string | undefined;
      /** Paths of root generation that it may not use, whichever of them this server has. */
      readonly closed: readonly string[];
    };

export interface MountFact {
  readonly type: string;
  readonly accessor: string;
  readonly ownership: Ownership;
}

export interface ConfigFact {
  readonly host: string;
  readonly ca: string;
  readonly issuer: string;
  readonly checksIssuer: boolean;
  readonly pemKeys: number;
  readonly usesLocalToken: boolean;
  /** Undefined before Vault 1.16, which does not say it. */
  readonly hasReviewerToken: boolean | undefined;
}

export interface RoleFact {
  readonly names: readonly string[];
  readonly namespaces: readonly string[];
  readonly audience: string;
  readonly policies: readonly string[];
  readonly cidrs: readonly string[];
}

export interface EngineFact {
  readonly type: string;
  readonly version: string;
}

export interface ReviewerFact {
  /** `ours`: it carries our label, so that its step may write it. */
  readonly account: Fact<{ readonly ours: boolean } | undefined>;
  /** Of the token, without its namespace. */
  readonly secretName: string;
  /** `given`: the annotation says that Vault was given this very token; undefined where it says nothing. */
  readonly secret: Fact<{ readonly filled: boolean; readonly given: boolean | undefined } | undefined>;
  /** The binding to system:auth-delegator is there, whatever it says. */
  readonly binding: Fact<boolean>;
  /** SubjectAccessReview: create tokenreviews. */
  readonly mayReview: Fact<boolean>;
}

/** A TokenReview from here as Vault would make it. */
export interface ReviewFact {
  readonly host: string;
  /** Another address was dialled, since the host is a name inside the cluster. */
  readonly dialled: string | undefined;
  /** The CA of the config is the cluster's own. */
  readonly caIsClusters: boolean;
  readonly result: ReviewResult;
}

/** What a token says of itself. Times in seconds since 1970. */
export interface Claims {
  readonly exp: number | undefined;
  readonly nbf: number | undefined;
  readonly iat: number | undefined;
  readonly uid: string | undefined;
  readonly account: Account | undefined;
}

export type LoginResult =
  | { readonly kind: "in"; readonly policies: readonly string[] }
  | { readonly kind: "refused"; readonly code: string; readonly words: string; readonly ms: number }
  /** There is no token to log in with. */
  | { readonly kind: "no-token"; readonly missing: boolean; readonly words: string }
  | { readonly kind: "not-tried"; readonly words: string };

export type ReadResult = { readonly path: string } & (
  | { readonly kind: "found"; readonly keys: readonly string[] }
  /** `deleted`: the number of the newest version, which was deleted and can be had again. */
  | { readonly kind: "absent"; readonly deleted?: number | undefined }
  | { readonly kind: "denied" | "failed"; readonly words: string }
);

export interface LoginFact {
  readonly plan: LoginPlan;
  readonly result: LoginResult;
  /** Claims of a token that came out of a Secret. */
  readonly claims: Claims | undefined;
  readonly reads: readonly ReadResult[];
}

export type LogFact =
  | { readonly kind: "heard"; readonly lines: readonly string[] }
  | { readonly kind: "not-asked" | "denied" | "not-heard"; readonly reason: string };

/** What a pod in Vault's namespace saw of the API server. */
export interface PodView {
  readonly kind: "reached" | "untrusted" | "unreachable" | "no-pod";
  readonly words: string;
}

/** Everything that the causes are read from; collected once. */
export interface Evidence {
  readonly asked: Asked;
  /** Why Vault as a whole could not be asked, if so. */
  readonly vault: Fact<string>;
  readonly nodes: Fact<readonly NodeFact[]>;
  readonly revisions: Fact<RevisionFact>;
  /** Members of the raft that have no pod. */
  readonly podless: Fact<readonly string[]>;
  /** Undefined where none is kept, or Vault is at an address. */
  readonly keptToken: Fact<KeptTokenFact | undefined>;
  readonly mount: Fact<MountFact | undefined>;
  readonly config: Fact<ConfigFact | undefined>;
  readonly role: Fact<RoleFact | undefined>;
  /** Text of each policy that the settings name; undefined where there is none. */
  readonly policies: Fact<Readonly<Record<string, string | undefined>>>;
  readonly engine: Fact<EngineFact | undefined>;
  /** Where the settings say that Vault reaches the API server, and whether the config says the same. */
  readonly wantedHost: Fact<string>;
  readonly reviewer: ReviewerFact;
  readonly review: Fact<ReviewFact>;
  readonly account: Fact<AccountFact | undefined>;
  /** As the settings say. */
  readonly login: LoginFact;
  /** As the store says; the same as `login` where they agree, undefined where there is no store. */
  readonly storeLogin: LoginFact | undefined;
  readonly log: LogFact;
  readonly podView: PodView | undefined;
  /** Vault's clock less the API server's, in milliseconds; good to about two seconds. */
  readonly vaultAheadMs: Fact<number>;
  readonly consumerAddress: Fact<string>;
  /** PEM; undefined where pods need none. */
  readonly consumerCa: Fact<string | undefined>;
  /** Asked, served: what the operator brings. */
  readonly served: Fact<boolean>;
  /** A deployment of the operator is there, in any namespace. */
  readonly runs: Fact<boolean>;
  readonly operatorPods: Fact<readonly OperatorPodFact[]>;
  /** Those in the operator's namespace. */
  readonly deployments: Fact<readonly DeploymentFact[]>;
  readonly store: Fact<StoreFact | undefined>;
  readonly externals: Fact<readonly ExternalFact[]>;
  /** Line that marks a mount or a policy as this cluster's. */
  readonly mark: Fact<string>;
}
