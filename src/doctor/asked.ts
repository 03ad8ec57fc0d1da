import type { ConsumerSpec, LoginSpec } from "../config/spec/consumer.ts";
import type { Spec } from "../config/spec.ts";
import type { Readers } from "../systems/world.ts";
import { reviewerKindOf } from "../wiring/reviewer/kinds.ts";
import { kindOf, loginOf, storesOf } from "../consumers/kinds.ts";
import type { Asked } from "../consumers/diagnosis/evidence.ts";
import type { Account } from "../consumers/diagnosis/login-plan.ts";

/** What is wanted for one consumer, by the names that Vault and Kubernetes have for it. */
export function askedOf({ cluster = "", vault, wiring }: Spec, consumer: ConsumerSpec, { kube, vaultKube }: Readers): Asked {
  const { namespace, applicationNamespace, secrets } = consumer;
  const login = loginOf(consumer);
  return {
    cluster,
    context: kube.context,
    server: kube.server,
    vaultContext: vaultKube?.context,
    installNamespace: vault.install.namespace,
    mount: wiring.authMount,
    role: login.role,
    policies: login.policies,
    audience: login.audience,
    reviewsItself: login.reviewsItself,
    account: account(consumer, login),
    kvMount: wiring.kv.mount,
    kvPrefix: wiring.kv.prefix,
    consumer: kindOf(consumer),
    operatorNamespace: namespace,
    reviewer: reviewerKindOf(wiring.reviewer).asked({ reviewer: wiring.reviewer, client: account(consumer, login), vault: vault.install }),
    store: storesOf(consumer)[0],
    namespace: applicationNamespace,
    secrets,
  };
}

/** The account that logs in: the first that is bound, in the namespace of the store where that has one. */
function account({ namespace, serviceAccount, stores: [store] }: ConsumerSpec, { namespaces, serviceAccounts }: LoginSpec): Account {
  const [place = ""] = store?.namespace === undefined ? namespaces : [store.namespace];
  const [name = ""] = serviceAccounts;
  return { namespace: isPattern(place) ? namespace : place, name: isPattern(name) ? serviceAccount : name };
}

const isPattern = (text: string): boolean => text === "" || text.includes("*");
