import { loginOf } from "../../consumers/kinds.ts";
import { storesReady } from "../../consumers/stores-ready.ts";
import { toKnowAudiences, tokenAudiences } from "../../consumers/token-audiences.ts";
import type { ConsumerSpec, LoginSpec } from "../../config/spec/consumer.ts";
import { failure, kinds } from "../../errors.ts";
import { onObject, onSubresource } from "../../systems/need.ts";
import type { Writers } from "../../systems/world.ts";
import { clusterCa } from "../cluster-ca.ts";
import { sameAccount, type Account } from "./account.ts";
import type { ReadyToken, ReviewerKind } from "./kind.ts";
import { caOfCluster, laterClusterCa } from "./without-token.ts";

/** Whoever logs in reviews its own token: Vault keeps none. Each account that logs in has to be allowed to review. */
export const byClient: ReviewerKind = {
  resources: () => [],
  before: (spec) => spec.consumers.flatMap((consumer) => storesReady(spec, consumer)),
  accounts: ({ consumers }) => Promise.resolve(accountsOf(consumers)),
  mayHaveBound: ({ consumers }, account) =>
    consumers.some(({ login }) => login.namespaces.includes(account.namespace) && login.serviceAccounts.includes(account.name)),
  reviewing: async ({ consumers: [first] }, read) => ({ ca: await clusterCa(read), ownPod: false, ready: (write) => ready(first, write) }),
  needs: ({ consumers }) => [
    ...onObject(caOfCluster, ["get"]),
    ...consumers.flatMap((consumer) => toKnowAudiences(loginOf(consumer))),
    ...accountsOf(consumers).flatMap((account) =>
      onSubresource({ apiVersion: "v1", kind: "ServiceAccount", ...account }, "token", ["create"]),
    ),
  ],
  asked: ({ client }) => ({ ...client, givesToken: false, isClient: true, isVaults: false, ends: false }),
  script: laterClusterCa,
};

async function ready(consumer: ConsumerSpec, write: Writers): Promise<ReadyToken> {
  const login = loginOf(consumer);
  const token = await write.kube.serviceAccountToken(accountsOf([consumer])[0]!, await tokenAudiences(write, login), 600);
  return { proof: { reviewerToken: token, token, audiences: login.audience === undefined ? [] : [login.audience] } };
}

/** Every account that the roles bind. @throws CliError VK1004 for patterns: a binding names accounts one by one. */
function accountsOf(consumers: readonly ConsumerSpec[]): Account[] {
  const all = consumers.flatMap(({ login }) => bound(login));
  return all.filter((account, index) => all.findIndex((each) => sameAccount(each, account)) === index);
}

function bound({ namespaces, serviceAccounts }: LoginSpec): Account[] {
  const pattern = [...namespaces, ...serviceAccounts].find((name) => name.includes("*"));
  if (pattern === undefined) return namespaces.flatMap((namespace) => serviceAccounts.map((name) => ({ namespace, name })));
  throw failure(kinds.badValue, {
    what: `With --reviewer client each account that logs in has to be allowed to review tokens, and "${pattern}" names none`,
    fix: "Bind exact names (--bound-service-account, --bound-namespace), or choose --reviewer token.",
  });
}
