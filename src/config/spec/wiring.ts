import { seconds } from "../../core/duration.ts";
import type { Settings } from "../fields.ts";
import { asVaultKeeps, ifKnown } from "./names.ts";

/** The cluster's place in Vault. */
export interface WiringSpec {
  /** Path of the cluster's Kubernetes auth method, without `auth/`. */
  readonly authMount: string;
  /** The fleet that the cluster is of, for the mark of its mount; left out for a cluster that is wired alone. */
  readonly fleet?: string | undefined;
  readonly apiServer: ApiServerSpec;
  readonly reviewer: ReviewerSpec;
  readonly kv: KvSpec;
  readonly policy: PolicySpec;
}

/** Where Vault reaches the API server of the cluster. */
export interface ApiServerSpec {
  /** Undefined for the one that is found. */
  readonly address: string | undefined;
  /** A PEM file of its CA; undefined for the one that is found. */
  readonly caCert: string | undefined;
  /** It is proven from here before Vault is told of it. False where only Vault can reach it. */
  readonly proof: boolean;
}

/** How Vault reviews tokens: the kind, and the account of those kinds that have one of their own. */
export interface ReviewerSpec extends ReviewerAccount {
  readonly kind: Settings["reviewer"];
  /** Lifetime of tokens that end by themselves. */
  readonly tokenSeconds: number;
}

/** The service account that lets Vault review tokens. */
export interface ReviewerAccount {
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** Where the cluster's secrets are. */
export interface KvSpec {
  readonly mount: string;
  /** What the cluster may read below the mount, with a slash at its end; empty for all. */
  readonly prefix: string;
}

/** What lets the cluster read them. */
interface PolicySpec {
  readonly name: string;
  /** An HCL file that is written instead of the template. */
  readonly file: string | undefined;
}

export const wiringOf = (settings: Settings): WiringSpec => ({
  authMount: ifKnown(settings.authMount),
  apiServer: { address: settings.kubernetesHost, caCert: settings.kubernetesCaCert, proof: settings.hostProof },
  reviewer: {
    kind: settings.reviewer,
    tokenSeconds: seconds(settings.reviewerTokenTtl),
    namespace: settings.reviewerNamespace,
    serviceAccount: settings.reviewerServiceAccount,
  },
  kv: { mount: settings.kvMount, prefix: ifKnown(settings.kvPrefix) },
  policy: { name: asVaultKeeps(settings.policyName), file: settings.policyFile },
});
