export interface Proofs {
  /**
   * A TLS handshake and a TokenReview as Vault would do them: to `host`, trusting only `ca`, with `reviewerToken`.
   * `connectTo` is the address to dial where `host` is a name of the inside of the cluster.
   */
  review(question: {
    host: string;
    connectTo?: string | undefined;
    ca: string;
    reviewerToken: string;
    token: string;
    audiences: readonly string[];
  }): Promise<ReviewResult>;
  /** Asks whatever is at an address for Vault's health, without a token; trusts only `ca`, or public authorities where there is none. */
  vaultAt(question: { address: string; ca: string | undefined }): Promise<VaultAt>;
}

/** `none`: no Vault that is trusted answers. `asks-for-certificate`: what is there answers nobody without a client certificate. */
export type VaultAt =
  | { readonly kind: "vault"; readonly version: string }
  | { readonly kind: "asks-for-certificate" }
  | { readonly kind: "none"; readonly reason: string };

export type ReviewResult =
  | { readonly kind: "authenticated"; readonly username: string }
  | { readonly kind: "not-authenticated"; readonly reason: string }
  /** It is none that what answers knows (401): that may be no API server, but a proxy with tokens of its own. */
  | { readonly kind: "token-unknown"; readonly reason: string }
  | { readonly kind: "reviewer-refused"; readonly reason: string }
  | { readonly kind: "untrusted"; readonly reason: string }
  | { readonly kind: "unreachable"; readonly reason: string };
