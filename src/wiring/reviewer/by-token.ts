import type { Spec } from "../../config/spec.ts";
import { fixedObject } from "../../kubernetes/object.ts";
import { namespace } from "../../kubernetes/namespace.ts";
import type { RemovableObject } from "../../kubernetes/object-removal.ts";
import { onObject } from "../../systems/need.ts";
import type { KubeObject, Readers } from "../../systems/world.ts";
import type { ReviewerAccount, WiringSpec } from "../../config/spec/wiring.ts";
import { isConsumers, sameAccount, type Account } from "./account.ts";
import { reviewingWith } from "./given-token.ts";
import type { ReviewerKind } from "./kind.ts";
import { accountNeeded } from "./others.ts";
import { leftByRotation, tokenRotation } from "./rotate-token.ts";
import { reviewerCredentials, reviewerTokenSecret, secretField } from "./token.ts";
import { accountRef, currentSecret, tokenSecretRef } from "./token-secrets.ts";

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
  reviewing: async ({ wiring }, read) => reviewingWith(wiring.reviewer, await reviewerCredentials(read, wiring.reviewer)),
  needs: async ({ wiring: { reviewer } }, read) => [
    ...onObject(accountRef(reviewer), ["get"]),
    ...onObject(await currentSecret(read, reviewer), ["get", "patch"]),
  ],
  left: ({ wiring }, read) => leftByRotation(wiring.reviewer, read),
  rotation: tokenRotation,
  asked: ({ reviewer }) => ({ ...accountOf(reviewer), givesToken: true, isClient: false, isVaults: false }),
  script: {
    ownPod: false,
    later: ({ wiring }) => {
      const { namespace: place = "", name } = tokenSecretRef(wiring.reviewer);
      return { ca: `the CA in Secret ${place}/${name}`, token: `the token in Secret ${place}/${name}` };
    },
    ca: (spec, read) => intoFile(spec, read, "ca.crt", '"$work/reviewer-ca.crt"'),
    token: (spec, read) => intoFile(spec, read, "token", '"$work/reviewer-token"'),
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

const intoFile = async ({ wiring }: Spec, read: Readers, field: "token" | "ca.crt", file: string): Promise<string> =>
  `${secretField(await currentSecret(read, wiring.reviewer), read.kube.context, field)} | base64 -d > ${file}`;
