import { goDuration, seconds } from "../../core/duration.ts";
import type { Settings } from "../fields.ts";
import { ofReviewer } from "./of-reviewer.ts";
import { asVaultKeeps } from "./names.ts";
import { parseSecretSpec, type NamedSecret } from "./secret.ts";

/** Something in the cluster that gets secrets from Vault: an operator, with its own login, stores and secrets. */
export interface ConsumerSpec {
  readonly kind: Settings["operator"];
  readonly namespace: string;
  /** The account that it runs as. */
  readonly serviceAccount: string;
  /** Its Helm release and chart; what is left out is the kind's own. */
  readonly release: string | undefined;
  readonly chart: { readonly chart: string | undefined; readonly repo: string | undefined; readonly version: string | undefined };
  readonly valuesFiles: readonly string[];
  /** KEY=VALUE */
  readonly sets: readonly string[];
  readonly login: LoginSpec;
  /** Kinds that have none leave them out. */
  readonly stores: readonly StoreSpec[];
  readonly secrets: readonly SecretSpec[];
  /** Where the application is that the secrets are for. */
  readonly applicationNamespace: string;
}

/** How it logs in to Vault: the role, and what the role binds and gives. */
export interface LoginSpec {
  readonly role: string;
  readonly serviceAccounts: readonly string[];
  readonly namespaces: readonly string[];
  readonly policies: readonly string[];
  /** Of the tokens that log in; undefined for none. Kinds that cannot ask for one leave it out. */
  readonly audience: string | undefined;
  /** Whether such a token is shown to the API server too, as one that reviews itself. */
  readonly reviewsItself: boolean;
  readonly tokenTtlSeconds: number;
  readonly tokenMaxTtlSeconds: number;
}

/** Where it finds Vault. */
export interface StoreSpec {
  readonly kind: Settings["storeKind"];
  readonly name: string;
  /** Undefined for a store of the whole cluster. */
  readonly namespace: string | undefined;
  /** From which namespaces a store of the whole cluster may be used; none for all. */
  readonly allowedNamespaces: readonly string[];
  /** The Secret with the client certificate that it shows Vault. */
  readonly tlsSecret?: string | undefined;
}

/** One secret of Vault that becomes a Secret of the same name as its ExternalSecret. */
export interface SecretSpec extends NamedSecret {
  readonly namespace: string;
  /** The store that it is read by, for kinds that have some. */
  readonly store: StoreSpec;
  /** How often it is read again, as Go prints a duration. */
  readonly refreshInterval: string;
}

/** There is one at least: the first is who a document speaks of that knows only one. */
export type Consumers = readonly [ConsumerSpec, ...ConsumerSpec[]];

/** The settings know one. */
export const consumersOf = (settings: Settings): Consumers => {
  const store = storeOf(settings);
  const { namespace } = settings;
  const refreshInterval = goDuration(settings.refreshInterval);
  return [
    {
      kind: settings.operator,
      namespace: settings.operatorNamespace,
      serviceAccount: settings.operatorServiceAccount,
      release: settings.operatorRelease,
      chart: { chart: settings.operatorChart, repo: settings.operatorChartRepo, version: settings.operatorChartVersion },
      valuesFiles: settings.operatorValues,
      sets: settings.operatorSet,
      login: loginOf(settings),
      stores: [store],
      secrets: settings.secrets.map((text) => ({ ...parseSecretSpec(text), namespace, store, refreshInterval })),
      applicationNamespace: namespace,
    },
  ];
};

const loginOf = (settings: Settings): LoginSpec => ({
  role: asVaultKeeps(settings.roleName),
  serviceAccounts: settings.boundServiceAccounts,
  namespaces: settings.boundNamespaces,
  policies: settings.rolePolicies.map(asVaultKeeps),
  audience: settings.audience === "" ? undefined : settings.audience,
  reviewsItself: ofReviewer[settings.reviewer].clientsReview,
  tokenTtlSeconds: seconds(settings.tokenTtl),
  tokenMaxTtlSeconds: seconds(settings.tokenMaxTtl),
});

const storeOf = ({ storeKind: kind, storeName: name, storeNamespaces, namespace, storeTlsSecret: tlsSecret }: Settings): StoreSpec => ({
  kind,
  name,
  tlsSecret,
  namespace: kind === "SecretStore" ? namespace : undefined,
  allowedNamespaces: storeNamespaces,
});
