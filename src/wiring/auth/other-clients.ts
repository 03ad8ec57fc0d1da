import type { Spec } from "../../config/spec.ts";
import { loginOf } from "../../consumers/kinds.ts";
import type { Refusal } from "../../core/resource.ts";
import type { Readers } from "../../systems/world.ts";
import type { Reviewing } from "../reviewer/kind.ts";
import { othersRoles } from "../role/others.ts";

/**
 * Where Vault stops to review for those who log in, accounts of roles that we do not know would be refused: nobody bound them. A person may know
 * that they may review.
 */
export async function otherClients(
  { wiring: { authMount }, consumers }: Spec,
  read: Readers,
  found: Readonly<Record<string, unknown>>,
  { given, ownPod }: Reviewing,
): Promise<Refusal | undefined> {
  const reviewsItself = given === undefined && !ownPod;
  const didBefore = found["disable_local_ca_jwt"] === true && found["token_reviewer_jwt_set"] === false;
  if (!reviewsItself || didBefore) return undefined;
  const ours = consumers.map((consumer) => loginOf(consumer).role);
  const others = await othersRoles(read, authMount, ours);
  if (others.length === 0) return undefined;
  return {
    reason: `auth/${authMount} has roles of others (${others.join(", ")}): without a token of Vault's, their accounts are refused unless they may review tokens themselves`,
    fix: "Choose another --reviewer, or bind their accounts to system:auth-delegator and have them ask for tokens that the API server takes too.",
    question: "May they, so that Vault is configured without a token?",
  };
}
