import { randomBytes } from "node:crypto";
import type { ReviewerAccount } from "../../config/spec/wiring.ts";
import { ifAllowed } from "../../systems/allowed.ts";
import type { ObjectRef, Readers, Writers } from "../../systems/world.ts";

/** Secrets of the reviewer's account that its tokens end with, as an annotation of the account names them. */
export interface Series {
  readonly annotation: string;
  readonly suffix: string;
}

/**
 * Secrets that hold a token: the one whose token Vault has, or is to have, and while the token is rotated another one. A Secret that is made
 * again under the same name holds the same token again, letter by letter: nothing in the token tells them apart.
 */
export const longLived: Series = { annotation: "vault-k8s.io/token-secrets", suffix: "-token" };

/** Secrets without data, to which tokens are bound that were asked for. */
export const requested: Series = { annotation: "vault-k8s.io/token-requests", suffix: "-request" };

const baseName = ({ serviceAccount }: ReviewerAccount, { suffix }: Series): string => `${serviceAccount}${suffix}`;

/** A name that no Secret of it had. */
export const newName = (reviewer: ReviewerAccount, series: Series): string =>
  `${baseName(reviewer, series)}-${randomBytes(4).toString("hex")}`;

export const tokenSecretRef = (reviewer: ReviewerAccount, name = baseName(reviewer, longLived)): ObjectRef => ({
  apiVersion: "v1",
  kind: "Secret",
  namespace: reviewer.namespace,
  name,
});

export const accountRef = ({ namespace, serviceAccount: name }: ReviewerAccount): ObjectRef => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  namespace,
  name,
});

/** What there is at most: the one in use first, and another one while they are exchanged, or where that was stopped. */
interface Names {
  readonly current: string | undefined;
  readonly other: string | undefined;
}

/** The names as the account has them; what does not look like one of ours is none. */
export async function namesOf({ kube }: Pick<Readers, "kube">, reviewer: ReviewerAccount, series: Series): Promise<Names> {
  const account = await ifAllowed(
    () => kube.get(accountRef(reviewer)),
    () => undefined,
  );
  const noted = (account?.metadata.annotations?.[series.annotation] ?? "").split(",");
  const [current, other] = noted.filter((name) => name.startsWith(baseName(reviewer, series)));
  return { current, other };
}

/** Of those that hold a token: the first has a name of its own until there was another. */
export async function tokenSecrets(read: Pick<Readers, "kube">, reviewer: ReviewerAccount): Promise<Names & { readonly current: string }> {
  const { current = baseName(reviewer, longLived), other } = await namesOf(read, reviewer, longLived);
  return { current, other };
}

/** The Secret with the token that Vault has, or is to have. */
export const currentSecret = async (read: Pick<Readers, "kube">, reviewer: ReviewerAccount): Promise<ObjectRef> =>
  tokenSecretRef(reviewer, (await tokenSecrets(read, reviewer)).current);

export async function noteNames(
  { kube }: Writers,
  reviewer: ReviewerAccount,
  series: Series,
  names: readonly (string | undefined)[],
): Promise<void> {
  const annotations = { [series.annotation]: names.filter((name) => name !== undefined).join(",") };
  await kube.patch(accountRef(reviewer), { metadata: { annotations } });
}
