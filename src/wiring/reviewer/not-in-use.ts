import type { ReviewerAccount } from "../../config/spec/wiring.ts";
import { deleteObject } from "../../kubernetes/gone.ts";
import { holdsKeys } from "../../kubernetes/custody-secret.ts";
import { objectId } from "../../kubernetes/object-ref.ts";
import { isOurs } from "../../kubernetes/ownership.ts";
import type { AppRemoval } from "../../systems/removal.ts";
import type { Writers } from "../../systems/world.ts";
import { configuredAnnotation } from "./token.ts";
import { namesOf, noteNames, tokenSecretRef, type Series } from "./token-secrets.ts";

/** Takes away the second Secret of a series where the first says that Vault has its token: then the second is not in use. */
export async function secondGoes(write: Writers, reviewer: ReviewerAccount, series: Series, withinMs: number): Promise<void> {
  const { current, other } = await namesOf(write.anew, reviewer, series);
  if (current === undefined || other === undefined) return;
  const first = await write.anew.kube.get(tokenSecretRef(reviewer, current));
  if (first?.metadata.annotations?.[configuredAnnotation] === undefined) return;
  await secretGoes(write, reviewer, other, withinMs);
  await noteNames(write, reviewer, series, [current]);
}

async function secretGoes(write: Writers, reviewer: ReviewerAccount, name: string, withinMs: number): Promise<void> {
  const secret = await write.anew.kube.get(tokenSecretRef(reviewer, name));
  if (secret !== undefined && isOurs(secret) && !holdsKeys(secret)) await deleteObject(write, secret, withinMs);
}

const withinMs = 30_000;

/** What an exchange that was stopped left, for whoever configures the auth method: by then the first Secret is the one in use. */
export const secondLeft = (reviewer: ReviewerAccount, series: Series, other: string): AppRemoval => ({
  id: objectId(tokenSecretRef(reviewer, other)),
  look: () => Promise.resolve({ kind: "there" }),
  remove: (write) => secondGoes(write, reviewer, series, withinMs),
});

/** One that nobody needs any more, where Vault reviews another way. */
export const abandoned = (reviewer: ReviewerAccount, series: Series, name: string): AppRemoval => ({
  id: objectId(tokenSecretRef(reviewer, name)),
  look: () => Promise.resolve({ kind: "there" }),
  remove: async (write) => {
    await secretGoes(write, reviewer, name, withinMs);
    const { current, other } = await namesOf(write.anew, reviewer, series);
    await noteNames(
      write,
      reviewer,
      series,
      [current, other].filter((each) => each !== name),
    );
  },
});
