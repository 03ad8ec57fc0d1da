import { goDuration } from "../../core/duration.ts";
import { onObject } from "../../systems/need.ts";
import { clusterCa } from "../cluster-ca.ts";
import { sameAccount } from "./account.ts";
import type { ReviewerKind } from "./kind.ts";
import { abandoned, secondLeft } from "./not-in-use.ts";
import { accountOf, ownAccount } from "./own-account.ts";
import { requestedReviewing, requestRotation, toAsk } from "./requested-token.ts";
import { word } from "../../core/shell.ts";
import { kubectlIn } from "../../systems/kubectl.ts";
import { namesOf, requested } from "./token-secrets.ts";
import { caOfCluster, laterClusterCa } from "./without-token.ts";

/** An account of its own, whose tokens end by themselves and are asked for again: for clusters whose policies forbid long-lived ones. */
export const byRequest: ReviewerKind = {
  resources: ownAccount,
  before: () => [],
  accounts: ({ wiring }) => Promise.resolve([accountOf(wiring.reviewer)]),
  mayHaveBound: ({ wiring }, account) => sameAccount(accountOf(wiring.reviewer), account),
  reviewing: async ({ wiring }, read) => requestedReviewing(read, wiring.reviewer, await clusterCa(read)),
  needs: ({ wiring: { reviewer } }) => [...onObject(caOfCluster, ["get"]), ...toAsk(reviewer)],
  left: async ({ wiring: { reviewer } }, read) => {
    const { other } = await namesOf(read, reviewer, requested);
    return other === undefined ? [] : [secondLeft(reviewer, requested, other)];
  },
  abandoned: async ({ wiring: { reviewer } }, read) => {
    const { current, other } = await namesOf(read, reviewer, requested);
    return [current, other].flatMap((name) => (name === undefined ? [] : [abandoned(reviewer, requested, name)]));
  },
  rotation: requestRotation,
  asked: ({ reviewer }) => ({ ...accountOf(reviewer), givesToken: false, isClient: false, isVaults: false, ends: true }),
  script: {
    ...laterClusterCa,
    later: (spec) => {
      const { namespace, serviceAccount, tokenSeconds } = spec.wiring.reviewer;
      return { ...laterClusterCa.later(spec), token: `a token of ${namespace}/${serviceAccount} for ${goDuration(`${tokenSeconds}s`)}` };
    },
    token: ({ wiring: { reviewer } }, { kube }) =>
      Promise.resolve(
        `${kubectlIn(kube.context)} -n ${word(reviewer.namespace)} create token ${word(reviewer.serviceAccount)} --duration=${reviewer.tokenSeconds}s > "$work/reviewer-token"`,
      ),
    notes: false,
  },
};
