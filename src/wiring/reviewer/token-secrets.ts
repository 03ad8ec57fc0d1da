import { randomBytes } from "node:crypto";
import type { ReviewerAccount } from "../../config/spec/wiring.ts";
import { ifAllowed } from "../../systems/allowed.ts";
import type { ObjectRef, Readers, Writers } from "../../systems/world.ts";

/**
 * Says on the reviewer's account which its token Secrets are: the one whose token Vault has, or is to have, and while the token is rotated
 * another one. A Secret that is made again under the same name holds the same token again, letter by letter: nothing in the token tells them apart.
 */
const tokensAnnotation = "vault-k8s.io/token-secrets";

interface TokenSecrets {
  readonly current: string;
  /** There while the token is rotated, or where that was stopped. */
  readonly other: string | undefined;
}

export const tokenSecretRef = (reviewer: ReviewerAccount, name = firstName(reviewer)): ObjectRef => ({
  apiVersion: "v1",
  kind: "Secret",
  namespace: reviewer.namespace,
  name,
});

const firstName = ({ serviceAccount }: ReviewerAccount): string => `${serviceAccount}-token`;

/** A name that no Secret of it had. */
export const newName = (reviewer: ReviewerAccount): string => `${firstName(reviewer)}-${randomBytes(4).toString("hex")}`;

export const accountRef = ({ namespace, serviceAccount: name }: ReviewerAccount): ObjectRef => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  namespace,
  name,
});

/** The names as the account has them; what does not look like one of ours is none. */
export async function tokenSecrets({ kube }: Pick<Readers, "kube">, reviewer: ReviewerAccount): Promise<TokenSecrets> {
  const account = await ifAllowed(
    () => kube.get(accountRef(reviewer)),
    () => undefined,
  );
  const noted = (account?.metadata.annotations?.[tokensAnnotation] ?? "").split(",");
  const [current = firstName(reviewer), other] = noted.filter((name) => name.startsWith(firstName(reviewer)));
  return { current, other };
}

/** The Secret with the token that Vault has, or is to have. */
export const currentSecret = async (read: Pick<Readers, "kube">, reviewer: ReviewerAccount): Promise<ObjectRef> =>
  tokenSecretRef(reviewer, (await tokenSecrets(read, reviewer)).current);

export async function noteTokenSecrets({ kube }: Writers, reviewer: ReviewerAccount, names: readonly string[]): Promise<void> {
  await kube.patch(accountRef(reviewer), { metadata: { annotations: { [tokensAnnotation]: names.join(",") } } });
}
