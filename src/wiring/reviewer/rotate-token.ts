import type { Spec } from "../../config/spec.ts";
import { conflict, unmarked, type Diff } from "../../core/resource.ts";
import { deleteObject } from "../../kubernetes/gone.ts";
import { holdsKeys } from "../../kubernetes/custody-secret.ts";
import { objectId } from "../../kubernetes/object-ref.ts";
import { isOurs } from "../../kubernetes/ownership.ts";
import { onObject } from "../../systems/need.ts";
import type { AppRemoval } from "../../systems/removal.ts";
import type { ReviewerAccount } from "../../config/spec/wiring.ts";
import type { KubeObject, Readers, Writers } from "../../systems/world.ts";
import { forgottenReviewerToken } from "./forgotten-token.ts";
import { reviewingWith } from "./given-token.ts";
import type { Rotation } from "./kind.ts";
import { tokenSharedWith } from "./others.ts";
import { configuredAnnotation, filledToken, reviewerCredentials } from "./token.ts";
import { accountRef, newName, noteTokenSecrets, tokenSecretRef, tokenSecrets } from "./token-secrets.ts";

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
    await leftGoes(write, reviewer, withinMs);
    const { current, other } = await tokenSecrets(write.anew, reviewer);
    const next = other ?? newName(reviewer);
    await noteTokenSecrets(write, reviewer, [current, next]);
    await filledToken(write, reviewer, next, { withinMs, say });
    // From here on the Secret of before does not say any more that Vault has its token.
    if ((await write.anew.kube.get(tokenSecretRef(reviewer, current))) !== undefined)
      await forgottenReviewerToken(reviewer).apply(write, say);
    await hand(reviewingWith(reviewer, await reviewerCredentials(write, reviewer, next)));
    await noteTokenSecrets(write, reviewer, [next, current]);
    await leftGoes(write, reviewer, withinMs);
  },
};

/** Where the first Secret says that Vault has its token, the second is not in use. */
async function notInUse(read: Pick<Readers, "kube">, reviewer: ReviewerAccount): Promise<{ current: string; other: string } | undefined> {
  const { current, other } = await tokenSecrets(read, reviewer);
  if (other === undefined) return undefined;
  const first = await read.kube.get(tokenSecretRef(reviewer, current));
  return first?.metadata.annotations?.[configuredAnnotation] === undefined ? undefined : { current, other };
}

async function leftGoes(write: Writers, reviewer: ReviewerAccount, withinMs: number): Promise<void> {
  const left = await notInUse(write.anew, reviewer);
  if (left === undefined) return;
  const secret = await write.anew.kube.get(tokenSecretRef(reviewer, left.other));
  if (secret !== undefined && isOurs(secret) && !holdsKeys(secret)) await deleteObject(write, secret, withinMs);
  await noteTokenSecrets(write, reviewer, [left.current]);
}

/** What a rotation that was stopped left, for whoever configures the auth method: by then the first Secret is the one in use. */
export async function leftByRotation(reviewer: ReviewerAccount, read: Readers): Promise<AppRemoval[]> {
  const { other } = await tokenSecrets(read, reviewer);
  if (other === undefined) return [];
  return [
    {
      id: objectId(tokenSecretRef(reviewer, other)),
      look: () => Promise.resolve({ kind: "there" }),
      remove: (write) => leftGoes(write, reviewer, 30_000),
    },
  ];
}

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
