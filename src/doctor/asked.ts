import type { Readers } from "../systems/world.ts";
import type { Settings } from "../config/fields.ts";
import { audienceOf, operators } from "../consumers/kinds.ts";
import { parseSecretSpec } from "../config/spec/secret.ts";
import { storeNamespace } from "../consumers/store.ts";
import type { Asked } from "../consumers/diagnosis/evidence.ts";
import type { Account } from "../consumers/diagnosis/login-plan.ts";

/** What the settings want, by the names that Vault and Kubernetes have for it. */
export function askedOf(settings: Settings, { kube, vaultKube }: Readers): Asked {
  const { storeKind: kind, storeName: name, operator } = settings;
  return {
    cluster: settings.cluster ?? "",
    context: kube.context,
    server: kube.server,
    vaultContext: vaultKube?.context,
    installNamespace: settings.installNamespace,
    mount: settings.authMount,
    role: settings.roleName.toLowerCase(),
    policies: settings.rolePolicies.map((policy) => policy.toLowerCase()),
    audience: audienceOf(settings),
    account: account(settings),
    kvMount: settings.kvMount,
    kvPrefix: settings.kvPrefix,
    operator,
    operatorChart: operators[operator].chart,
    operatorNamespace: settings.operatorNamespace,
    reviewer: { namespace: settings.reviewerNamespace, name: settings.reviewerServiceAccount },
    store: operator === "kes" ? undefined : { kind, name, namespace: storeNamespace(settings) },
    namespace: settings.namespace,
    secrets: settings.secrets.map(parseSecretSpec),
  };
}

/** The account that logs in: the first that is bound, in the namespace of the store where that has one. */
function account(settings: Settings): Account {
  const {
    boundNamespaces: [first = ""],
    boundServiceAccounts: [name = ""],
    operatorNamespace,
    operatorServiceAccount,
  } = settings;
  const place = storeNamespace(settings) ?? first;
  return { namespace: isPattern(place) ? operatorNamespace : place, name: isPattern(name) ? operatorServiceAccount : name };
}

const isPattern = (text: string): boolean => text === "" || text.includes("*");
