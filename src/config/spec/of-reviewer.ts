import type { Settings } from "../fields.ts";

/** What the way in which Vault reviews tokens asks of those who log in. */
interface OfReviewer {
  /** Vault shows the API server the very token that logs in. */
  readonly clientsReview: boolean;
}

export const ofReviewer: Readonly<Record<Settings["reviewer"], OfReviewer>> = {
  token: { clientsReview: false },
  client: { clientsReview: true },
  local: { clientsReview: false },
  "token-request": { clientsReview: false },
};
