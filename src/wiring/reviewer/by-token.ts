import type { Spec } from "../../config/spec.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import { fixedObject } from "../../kubernetes/object.ts";
import { namespace } from "../../kubernetes/namespace.ts";
import type { RemovableObject } from "../../kubernetes/object-removal.ts";
import { onObject } from "../../systems/need.ts";
import type { KubeObject, Readers } from "../../systems/world.ts";
import type { ReviewerAccount, WiringSpec } from "../../config/spec/wiring.ts";
import { isConsumers, sameAccount, type Account } from "./account.ts";
import { readyWith, type GivenToken, type ReviewerKind } from "./kind.ts";
import { accountNeeded } from "./others.ts";
import { configuredAnnotation, configuredMark, reviewerCredentials, reviewerTokenSecret, secretField, tokenSecretRef } from "./token.ts";

/** An account of its own, with a long-lived token: works wherever Vault is, and is used for nothing else. */
export const byToken: ReviewerKind = {
  resources: ({ wiring, consumers, run }) => [
    namespace(wiring.reviewer.namespace),
    ...(isConsumers(wiring.reviewer, consumers) ? [] : [fixedObject(serviceAccount(wiring.reviewer), accountStays(wiring))]),
    reviewerTokenSecret(wiring.reviewer, run.timeoutMs, accountStays(wiring)),
  ],
  before: () => [],
  accounts: ({ wiring }) => Promise.resolve([accountOf(wiring.reviewer)]),
  mayHaveBound: ({ wiring }, account) => sameAccount(accountOf(wiring.reviewer), account),
  reviewing: async ({ wiring }, read) => {
    const { secret, token, ca } = await reviewerCredentials(read, wiring.reviewer);
    return { ca, ownPod: false, given: given(wiring.reviewer, secret, token), ready: () => Promise.resolve(readyWith(token)) };
  },
  needs: ({ wiring }) => onObject(tokenSecretRef(wiring.reviewer), ["get", "patch"]),
  asked: ({ reviewer }) => ({ ...accountOf(reviewer), givesToken: true, isClient: false, isVaults: false }),
  script: {
    ownPod: false,
    later: ({ wiring }) => {
      const { namespace: place = "", name } = tokenSecretRef(wiring.reviewer);
      return { ca: `the CA in Secret ${place}/${name}`, token: `the token in Secret ${place}/${name}` };
    },
    ca: (spec, context) => intoFile(spec, context, "ca.crt", '"$work/reviewer-ca.crt"'),
    token: (spec, context) => intoFile(spec, context, "token", '"$work/reviewer-token"'),
  },
};

const accountOf = ({ namespace: place, serviceAccount: name }: ReviewerAccount): Account => ({ namespace: place, name });

const accountStays = (wiring: WiringSpec): Pick<RemovableObject, "stays"> => ({
  stays: (read: Readers, policy) => accountNeeded(read, wiring, policy),
});

const serviceAccount = ({ namespace: place, serviceAccount: name }: ReviewerAccount): KubeObject => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name, namespace: place },
});

/** An annotation on its Secret says which token Vault was given: it cannot be read back. */
const given = (reviewer: ReviewerAccount, secret: KubeObject, token: string): GivenToken => ({
  from: `the token of Secret ${secret.metadata.name}, ${fingerprint(token)}`,
  isConfigured: (accessor) => secret.metadata.annotations?.[configuredAnnotation] === configuredMark(token, accessor),
  configured: async ({ kube }, accessor) =>
    void (await kube.patch(tokenSecretRef(reviewer), {
      metadata: { annotations: { [configuredAnnotation]: configuredMark(token, accessor) } },
    })),
});

const intoFile = ({ wiring }: Spec, context: string, field: "token" | "ca.crt", file: string): string =>
  `${secretField(wiring.reviewer, context, field)} | base64 -d > ${file}`;
