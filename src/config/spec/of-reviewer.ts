import type { Settings } from "../fields.ts";

/** What follows from the way in which Vault reviews tokens, for those who do not configure it. */
interface OfReviewer {
  /** Vault shows the API server the very token that logs in. */
  readonly clientsReview: boolean;
  /** It is a token of an account that is there for that. */
  readonly ownAccount: boolean;
  /** It is that of Vault's own pod, so Vault has to run in the cluster. */
  readonly ownPod: boolean;
}

export const ofReviewer: Readonly<Record<Settings["reviewer"], OfReviewer>> = {
  token: { clientsReview: false, ownAccount: true, ownPod: false },
  client: { clientsReview: true, ownAccount: false, ownPod: false },
  local: { clientsReview: false, ownAccount: false, ownPod: true },
  "token-request": { clientsReview: false, ownAccount: true, ownPod: false },
};
