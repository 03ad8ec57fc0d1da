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
}

export type ReviewResult =
  | { readonly kind: "authenticated"; readonly username: string }
  | { readonly kind: "not-authenticated"; readonly reason: string }
  | { readonly kind: "reviewer-refused"; readonly reason: string }
  | { readonly kind: "untrusted"; readonly reason: string }
  | { readonly kind: "unreachable"; readonly reason: string };
