import type { ReviewerSpec } from "../../config/spec/wiring.ts";
import { byClient } from "./by-client.ts";
import { byLocal } from "./by-local.ts";
import { byRequest } from "./by-request.ts";
import { byToken } from "./by-token.ts";
import type { ReviewerKind } from "./kind.ts";

/** Every kind that the setting knows. */
const reviewerKinds: Readonly<Record<ReviewerSpec["kind"], ReviewerKind>> = {
  token: byToken,
  client: byClient,
  local: byLocal,
  "token-request": byRequest,
};

export const reviewerKindOf = ({ kind }: ReviewerSpec): ReviewerKind => reviewerKinds[kind];

/** All but that. */
export const otherReviewers = ({ kind }: ReviewerSpec): ReviewerKind[] =>
  Object.values(reviewerKinds).filter((each) => each !== reviewerKinds[kind]);
