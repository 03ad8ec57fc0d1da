import type { ReviewerAccount } from "../../config/spec/wiring.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import type { KubeObject } from "../../systems/world.ts";
import { readyWith, type GivenToken, type Reviewing } from "./kind.ts";
import { configuredAnnotation, configuredMark, type ReviewerCredentials } from "./token.ts";
import { tokenSecretRef } from "./token-secrets.ts";

/** Vault is given the token of a Secret. */
export const reviewingWith = (
  reviewer: ReviewerAccount,
  { secret, token, ca }: ReviewerCredentials & { readonly secret: KubeObject },
): Reviewing => ({ ca, ownPod: false, given: given(reviewer, secret, token), ready: () => Promise.resolve(readyWith(token)) });

/** An annotation on its Secret says which token Vault was given: it cannot be read back. */
const given = (reviewer: ReviewerAccount, secret: KubeObject, token: string): GivenToken => ({
  from: `the token of Secret ${secret.metadata.name}, ${fingerprint(token)}`,
  isConfigured: (accessor) => secret.metadata.annotations?.[configuredAnnotation] === configuredMark(token, accessor),
  configured: async ({ kube }, accessor) =>
    void (await kube.patch(tokenSecretRef(reviewer, secret.metadata.name), {
      metadata: { annotations: { [configuredAnnotation]: configuredMark(token, accessor) } },
    })),
});
