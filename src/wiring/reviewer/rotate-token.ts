import type { Spec } from "../../config/spec.ts";
import { conflict, unmarked, type Diff } from "../../core/resource.ts";
import { holdsKeys } from "../../kubernetes/custody-secret.ts";
import { objectId } from "../../kubernetes/object-ref.ts";
import { isOurs } from "../../kubernetes/ownership.ts";
import { onObject } from "../../systems/need.ts";
import type { KubeObject, Readers } from "../../systems/world.ts";
import { forgottenReviewerToken } from "./forgotten-token.ts";
import { reviewingWith } from "./given-token.ts";
import type { Rotation } from "./kind.ts";
import { tokenSharedWith } from "./others.ts";
import { filledToken, reviewerCredentials } from "./token.ts";
import { accountRef, longLived, newName, noteNames, tokenSecretRef, tokenSecrets } from "./token-secrets.ts";
import { secondGoes } from "./not-in-use.ts";

/**
 * A token of a Secret ends with its Secret alone. The account is told the name of a new Secret, Vault is given the token of that, and the old Secret
 * goes: wherever that stops, Vault has a token whose Secret is there, and the next run, or bootstrap, goes on.
 */
export const tokenRotation: Rotation = {
  look: lookAt,
  needs: ({ wiring: { reviewer } }) => [
    ...onObject(accountRef(reviewer), ["get", "patch"]),
    // Their names are made up.
    ...onObject({ ...tokenSecretRef(reviewer), name: undefined }, ["get", "create", "patch", "delete"]),
  ],
  rotate: async ({ wiring: { reviewer }, run: { timeoutMs: withinMs } }, write, hand, say) => {
    await secondGoes(write, reviewer, longLived, withinMs);
    const { current, other } = await tokenSecrets(write.anew, reviewer);
    const next = other ?? newName(reviewer, longLived);
    await noteNames(write, reviewer, longLived, [current, next]);
    await filledToken(write, reviewer, next, { withinMs, say });
    // From here on the Secret of before does not say any more that Vault has its token.
    if ((await write.anew.kube.get(tokenSecretRef(reviewer, current))) !== undefined)
      await forgottenReviewerToken(reviewer).apply(write, say);
    await hand(reviewingWith(reviewer, await reviewerCredentials(write, reviewer, next)));
    await noteNames(write, reviewer, longLived, [next, current]);
    await secondGoes(write, reviewer, longLived, withinMs);
  },
};

async function lookAt({ wiring }: Spec, read: Readers): Promise<Diff> {
  const { reviewer } = wiring;
  const { current, other } = await tokenSecrets(read, reviewer);
  const [first, second] = await Promise.all(
    [current, other].map((name) => (name === undefined ? undefined : read.kube.get(tokenSecretRef(reviewer, name)))),
  );
  const foreign = notOurs([first, second]);
  if (foreign !== undefined) return foreign;
  const shared = await tokenSharedWith(read, wiring);
  if (shared.length > 0)
    return conflict(
      `The token of ${reviewer.namespace}/${reviewer.serviceAccount} may be given to ${shared.map((path) => `auth/${path}`).join(", ")} too, whose logins would end with it`,
      "Give each mount an account of its own first: --reviewer-service-account.",
    );
  // Without either there is nothing to exchange.
  if (first === undefined && second === undefined) await reviewerCredentials(read, reviewer);
  const before = first === undefined ? "that of a rotation that was stopped" : `that of Secret ${first.metadata.name}, ${since(first)}`;
  return { kind: "update", changes: [{ field: "token_reviewer_jwt", before, after: "a new one" }] };
}

const since = ({ metadata: { creationTimestamp = "" } }: KubeObject): string => `made ${creationTimestamp}`;

function notOurs(secrets: readonly (KubeObject | undefined)[]): Diff | undefined {
  for (const found of secrets) {
    if (found === undefined) continue;
    const id = objectId({ ...found, ...found.metadata });
    if (!isOurs(found)) return unmarked(`${id} exists and is not ours`, "Look whose it is.");
    if (holdsKeys(found)) return conflict(`${id} holds unseal keys`, "Keep them elsewhere first.");
  }
  return undefined;
}
