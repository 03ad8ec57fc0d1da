import type { Spec } from "../../config/spec.ts";
import { onObject } from "../../systems/need.ts";
import type { Readers } from "../../systems/world.ts";
import { sameAccount } from "./account.ts";
import { reviewingWith } from "./given-token.ts";
import type { ReviewerKind } from "./kind.ts";
import { secondLeft } from "./not-in-use.ts";
import { accountOf, accountStays, ownAccount } from "./own-account.ts";
import { tokenRotation } from "./rotate-token.ts";
import { reviewerCredentials, reviewerTokenSecret, secretField } from "./token.ts";
import { accountRef, currentSecret, longLived, tokenSecretRef, tokenSecrets } from "./token-secrets.ts";

/** An account of its own, with a long-lived token: works wherever Vault is, and is used for nothing else. */
export const byToken: ReviewerKind = {
  resources: (spec) => [...ownAccount(spec), reviewerTokenSecret(spec.wiring.reviewer, spec.run.timeoutMs, accountStays(spec.wiring))],
  before: () => [],
  accounts: ({ wiring }) => Promise.resolve([accountOf(wiring.reviewer)]),
  mayHaveBound: ({ wiring }, account) => sameAccount(accountOf(wiring.reviewer), account),
  reviewing: async ({ wiring }, read) => reviewingWith(wiring.reviewer, await reviewerCredentials(read, wiring.reviewer)),
  needs: async ({ wiring: { reviewer } }, read) => [
    ...onObject(accountRef(reviewer), ["get"]),
    ...onObject(await currentSecret(read, reviewer), ["get", "patch"]),
  ],
  left: async ({ wiring: { reviewer } }, read) => {
    const { other } = await tokenSecrets(read, reviewer);
    return other === undefined ? [] : [secondLeft(reviewer, longLived, other)];
  },
  rotation: tokenRotation,
  asked: ({ reviewer }) => ({ ...accountOf(reviewer), givesToken: true, isClient: false, isVaults: false, ends: false }),
  script: {
    ownPod: false,
    notes: true,
    later: ({ wiring }) => {
      const { namespace: place = "", name } = tokenSecretRef(wiring.reviewer);
      return { ca: `the CA in Secret ${place}/${name}`, token: `the token in Secret ${place}/${name}` };
    },
    ca: (spec, read) => intoFile(spec, read, "ca.crt", '"$work/reviewer-ca.crt"'),
    token: (spec, read) => intoFile(spec, read, "token", '"$work/reviewer-token"'),
  },
};

const intoFile = async ({ wiring }: Spec, read: Readers, field: "token" | "ca.crt", file: string): Promise<string> =>
  `${secretField(await currentSecret(read, wiring.reviewer), read.kube.context, field)} | base64 -d > ${file}`;
