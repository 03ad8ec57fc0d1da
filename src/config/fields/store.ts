import type { Field } from "../field.ts";
import { dnsLabel, dnsSubdomain, secretSpec } from "../rules.ts";

/** The store and the ExternalSecrets. */
export const store = {
  storeName: {
    flag: "store-name",
    value: "NAME",
    key: "store.name",
    type: "string",
    default: "vault",
    rule: dnsSubdomain,
    steps: ["store", "secret", "verify"],
    help: "Name of the store",
  },
  storeKind: {
    flag: "store-kind",
    value: "KIND",
    key: "store.kind",
    type: { oneOf: ["ClusterSecretStore", "SecretStore"] as const },
    default: "ClusterSecretStore",
    steps: ["store", "secret", "verify"],
    help: "A store for the whole cluster, or for the namespace of -n",
  },
  storeNamespaces: {
    flag: "store-namespace",
    value: "NAME",
    key: "store.namespaces",
    type: "list",
    rule: dnsLabel,
    steps: ["store"],
    help: "Namespace whose ExternalSecrets may use the ClusterSecretStore (default: all; repeatable)",
  },
  namespace: {
    flag: "namespace",
    short: "n",
    value: "NAME",
    key: "namespace",
    type: "string",
    default: "default",
    rule: dnsLabel,
    help: "Namespace of the application",
  },
  secrets: {
    flag: "secret",
    value: "NAME[=PATH][#KEY,…]",
    key: "secrets",
    type: "list",
    rule: secretSpec,
    steps: ["secret", "verify"],
    help: "An ExternalSecret: its name, the path below the KV prefix (default: the name), and keys (default: all) (repeatable)",
  },
  refreshInterval: {
    flag: "refresh-interval",
    value: "DURATION",
    key: "store.refreshInterval",
    type: "duration",
    default: "1m",
    steps: ["secret"],
    help: "How often the operator reads a secret again",
  },
} as const satisfies Readonly<Record<string, Field>>;
