import type { Field, SettingsOf } from "./field.ts";
import {
  assignment, boundName, clusterName, dnsLabel, dnsSubdomain, helmRelease, hostName, httpUrl, imageTag, noSlashAtEnd, plainWord, quantity, repoUrl,
  secretSpec, slashAtEnd, vaultMount, vaultName, vaultPath, vaultPrefix,
} from "./rules.ts";

/** Every setting, once. The help, the configuration file, docs/settings.md and the defaults are all made from this table. */
export const fields = {
  // which cluster, which Vault
  cluster: { flag: "cluster", value: "NAME", env: ["VAULT_K8S_CLUSTER"], key: "cluster", type: "string", rule: clusterName, help: "Name of the cluster; the mount, policy and prefix in Vault are named after it" },
  context: { flag: "context", value: "NAME", key: "context", type: "string", help: "Context of the kubeconfig (default: the one that fits the cluster's name)" },
  kubeconfig: { flag: "kubeconfig", value: "FILE", type: "path", help: "Kubeconfig file (default: KUBECONFIG, then ~/.kube/config)" },
  vaultAddr: { flag: "vault-addr", value: "URL", env: ["VAULT_ADDR", "BAO_ADDR"], key: "vault.addr", type: "string", rule: httpUrl, normal: noSlashAtEnd, help: "Vault is at this address: nothing is installed, initialised or unsealed" },
  vaultContext: { flag: "vault-context", value: "NAME", key: "vault.context", type: "string", help: "Vault's pods run in the cluster of this context" },
  install: { flag: "install", type: "boolean", help: "Vault is installed in this cluster, although VAULT_ADDR is set" },
  consumerVaultAddr: { flag: "consumer-vault-addr", value: "URL", key: "vault.consumerAddr", type: "string", rule: httpUrl, normal: noSlashAtEnd, help: "Address at which pods of the cluster reach Vault" },
  vaultTokenFile: { flag: "vault-token-file", value: "FILE", key: "vault.tokenFile", type: "path", help: "File that holds the Vault token (default: VAULT_TOKEN, the key file, ~/.vault-token)" },
  vaultNamespace: { flag: "vault-namespace", value: "NAME", env: ["VAULT_NAMESPACE", "BAO_NAMESPACE"], key: "vault.namespace", type: "string", rule: vaultPath, normal: noSlashAtEnd, help: "Namespace of Vault Enterprise or OpenBao" },
  caCert: { flag: "ca-cert", value: "FILE", env: ["VAULT_CACERT", "BAO_CACERT"], key: "vault.caCert", type: "path", help: "PEM file of the CA that Vault's certificate is signed by" },
  vaultNodes: { flag: "vault-node", value: "URL", key: "vault.nodes", type: "list", rule: httpUrl, normal: noSlashAtEnd, help: "Address of one Vault node, for init and unseal without pods (repeat for each node)" },

  // install
  installNamespace: { flag: "install-namespace", value: "NAME", key: "vault.installNamespace", type: "string", default: "vault", rule: dnsLabel, help: "Namespace of Vault's pods" },
  release: { flag: "release", value: "NAME", key: "vault.release", type: "string", default: "vault", rule: helmRelease, help: "Helm release of Vault" },
  chart: { flag: "chart", value: "CHART", key: "vault.chart", type: "pathOrName", default: "vault", help: "Vault's chart: a name in the repository, an oci:// reference, a folder or an archive" },
  chartRepo: { flag: "chart-repo", value: "URL", key: "vault.chartRepo", type: "string", default: "https://helm.releases.hashicorp.com", rule: repoUrl, help: "Chart repository of Vault, where the chart is a plain name" },
  chartVersion: { flag: "chart-version", value: "VERSION", key: "vault.chartVersion", type: "string", rule: plainWord, help: "Version of Vault's chart" },
  imageTag: { flag: "image-tag", value: "TAG", key: "vault.imageTag", type: "string", rule: imageTag, help: "Tag of Vault's image (default: the chart's)" },
  values: { flag: "values", value: "FILE", key: "vault.values", type: "pathList", help: "Values file for Vault's chart (repeatable, later ones win)" },
  set: { flag: "set", value: "KEY=VALUE", key: "vault.set", type: "list", rule: assignment, help: "One value for Vault's chart (repeatable)" },
  replicas: { flag: "replicas", value: "N", key: "vault.replicas", type: "integer", default: 3, min: 1, max: 99, help: "Vault pods" },
  antiAffinity: { flag: "anti-affinity", key: "vault.antiAffinity", type: "boolean", default: true, help: "One Vault pod a node; --no-anti-affinity for a cluster of one node" },
  storageClass: { flag: "storage-class", value: "NAME", key: "vault.storageClass", type: "string", rule: dnsSubdomain, help: "StorageClass of Vault's volumes (default: the cluster's)" },
  storageSize: { flag: "storage-size", value: "SIZE", key: "vault.storageSize", type: "string", default: "10Gi", rule: quantity, help: "Size of each Vault volume" },
  ui: { flag: "ui", key: "vault.ui", type: "boolean", default: false, help: "A Service for Vault's web UI" },
  expose: { flag: "expose", value: "HOW", key: "vault.expose", type: { oneOf: ["ClusterIP", "LoadBalancer", "Ingress"] as const }, default: "ClusterIP", help: "How Vault is reached from outside its cluster" },
  ingressHost: { flag: "ingress-host", value: "HOST", key: "vault.ingress.host", type: "string", rule: hostName, help: "Host name of the Ingress" },
  ingressClass: { flag: "ingress-class", value: "NAME", key: "vault.ingress.class", type: "string", rule: dnsSubdomain, help: "Class of the Ingress" },
  ingressTlsSecret: { flag: "ingress-tls-secret", value: "NAME", key: "vault.ingress.tlsSecret", type: "string", rule: dnsSubdomain, help: "TLS Secret of the Ingress, in Vault's namespace" },
  helm: { flag: "helm", value: "PROGRAM", env: ["VAULT_K8S_HELM"], key: "helm", type: "pathOrName", default: "helm", help: "The helm program, version 3.14 or newer, or 4" },

  // init and unseal
  keyShares: { flag: "key-shares", value: "N", key: "keys.shares", type: "integer", default: 5, min: 1, max: 255, help: "Unseal keys to make" },
  keyThreshold: { flag: "key-threshold", value: "N", key: "keys.threshold", type: "integer", default: 3, min: 1, max: 255, help: "Unseal keys needed to unseal" },
  pgpKeys: { flag: "pgp-key", value: "FILE", key: "keys.pgpKeys", type: "pathList", help: "PGP public key that encrypts one unseal key (repeat for each share)" },
  rootTokenPgpKey: { flag: "root-token-pgp-key", value: "FILE", key: "keys.rootTokenPgpKey", type: "path", help: "PGP public key that encrypts the root token" },
  initFile: { flag: "init-file", value: "FILE", env: ["VAULT_K8S_INIT_FILE"], key: "keys.file", type: "path", help: "Where the unseal keys and the root token are kept (default: vault-k8s/<cluster>/init.json in the user's data folder)" },

  // root token
  keepRoot: { flag: "keep-root", key: "vault.keepRoot", type: "boolean", default: false, help: "Leave the root token valid: it may do anything in Vault, never expires, and stands in plain text with the unseal keys" },
  adminAuth: { flag: "admin-auth", value: "PATH", key: "vault.adminAuth", type: "string", rule: vaultMount, normal: noSlashAtEnd, help: "Auth method at which people log in to look after Vault; a token of such a login (VAULT_TOKEN) takes over from the root token, and none is kept" },
  adminPolicy: { flag: "admin-policy", value: "NAME", key: "vault.adminPolicy", type: "string", default: "vault-k8s-admin", rule: vaultName, help: "Name of the policy of what takes over from the root token" },
  adminTokenPeriod: { flag: "admin-token-period", value: "DURATION", key: "vault.adminTokenPeriod", type: "duration", default: "768h", help: "The token that takes over from the root token expires when it is not renewed for this long" },

  // operator
  operator: { flag: "operator", value: "KIND", key: "operator.kind", type: { oneOf: ["eso", "kes"] as const }, default: "eso", help: "eso: External Secrets Operator; kes: kubernetes-external-secrets, archived in 2022" },
  operatorNamespace: { flag: "operator-namespace", value: "NAME", key: "operator.namespace", type: "string", default: "external-secrets", rule: dnsLabel, help: "Namespace of the operator" },
  operatorServiceAccount: { flag: "operator-service-account", value: "NAME", key: "operator.serviceAccount", type: "string", default: "external-secrets", rule: dnsSubdomain, help: "Service account of the operator" },
  operatorRelease: { flag: "operator-release", value: "NAME", key: "operator.release", type: "string", rule: helmRelease, help: "Helm release of the operator (default: the chart's name)" },
  operatorChart: { flag: "operator-chart", value: "CHART", key: "operator.chart", type: "pathOrName", help: "The operator's chart: a name in the repository, an oci:// reference, a folder or an archive" },
  operatorChartRepo: { flag: "operator-chart-repo", value: "URL", key: "operator.chartRepo", type: "string", rule: repoUrl, help: "Chart repository of the operator" },
  operatorChartVersion: { flag: "operator-chart-version", value: "VERSION", key: "operator.chartVersion", type: "string", rule: plainWord, help: "Version of the operator's chart" },
  operatorValues: { flag: "operator-values", value: "FILE", key: "operator.values", type: "pathList", help: "Values file for the operator's chart (repeatable, later ones win)" },
  operatorSet: { flag: "operator-set", value: "KEY=VALUE", key: "operator.set", type: "list", rule: assignment, help: "One value for the operator's chart (repeatable)" },
  audience: { flag: "audience", value: "NAME", key: "operator.audience", type: "string", default: "vault", rule: plainWord, mayBeEmpty: true, help: "Audience of the tokens that log in to Vault; empty for none (kes: always none)" },

  // reviewer
  reviewerNamespace: { flag: "reviewer-namespace", value: "NAME", key: "reviewer.namespace", type: "string", default: "vault-k8s", rule: dnsLabel, help: "Namespace of the reviewer's service account" },
  reviewerServiceAccount: { flag: "reviewer-service-account", value: "NAME", key: "reviewer.serviceAccount", type: "string", default: "vault-reviewer", rule: dnsSubdomain, help: "Service account whose token lets Vault review tokens" },

  // Vault
  kvMount: { flag: "kv-mount", value: "PATH", key: "kv.mount", type: "string", default: "kv", rule: vaultMount, normal: noSlashAtEnd, help: "Mount of the KV version 2 engine" },
  kvPrefix: { flag: "kv-prefix", value: "PATH", key: "kv.prefix", type: "string", default: "k8s/${cluster}/", rule: vaultPrefix, normal: slashAtEnd, mayBeEmpty: true, help: "What the cluster may read below the KV mount" },
  policyName: { flag: "policy-name", value: "NAME", key: "policy.name", type: "string", default: "k8s-${cluster}-read", rule: vaultName, help: "Name of the read policy" },
  policyFile: { flag: "policy-file", value: "FILE", key: "policy.file", type: "path", help: "HCL file to write instead of the template" },
  authMount: { flag: "auth-mount", value: "PATH", key: "auth.mount", type: "string", default: "k8s-${cluster}", rule: vaultMount, normal: noSlashAtEnd, help: "Path of the Kubernetes auth method for this cluster" },
  kubernetesHost: { flag: "kubernetes-host", value: "URL", key: "auth.kubernetesHost", type: "string", help: "Address at which Vault reaches this cluster's API server (default: found)" },
  kubernetesCaCert: { flag: "kubernetes-ca-cert", value: "FILE", key: "auth.kubernetesCaCert", type: "path", help: "PEM file of the CA of that address (default: found)" },
  hostProof: { flag: "host-proof", key: "auth.hostProof", type: "boolean", default: true, help: "Prove that address, CA and reviewer token from here before Vault is configured; --no-host-proof where only Vault can reach the address" },
  roleName: { flag: "role-name", value: "NAME", key: "role.name", type: "string", default: "external-secrets", rule: vaultName, help: "Role that binds service accounts to policies" },
  boundServiceAccounts: { flag: "bound-service-account", value: "NAME", key: "role.serviceAccounts", type: "list", default: ["${operatorServiceAccount}"], rule: boundName, help: "Service account that may log in (repeatable)" },
  boundNamespaces: { flag: "bound-namespace", value: "NAME", key: "role.namespaces", type: "list", default: ["${operatorNamespace}"], rule: boundName, help: "Namespace of those service accounts (repeatable)" },
  rolePolicies: { flag: "role-policy", value: "NAME", key: "role.policies", type: "list", default: ["${policyName}"], rule: vaultName, help: "Policy that the role gives (repeatable)" },
  tokenTtl: { flag: "token-ttl", value: "DURATION", key: "role.tokenTtl", type: "duration", default: "1h", help: "Lifetime of tokens that the role gives" },
  tokenMaxTtl: { flag: "token-max-ttl", value: "DURATION", key: "role.tokenMaxTtl", type: "duration", default: "24h", help: "Longest lifetime of such a token after renewals" },

  // store and secrets
  storeName: { flag: "store-name", value: "NAME", key: "store.name", type: "string", default: "vault", rule: dnsSubdomain, help: "Name of the store" },
  storeKind: { flag: "store-kind", value: "KIND", key: "store.kind", type: { oneOf: ["ClusterSecretStore", "SecretStore"] as const }, default: "ClusterSecretStore", help: "A store for the whole cluster, or for the namespace of -n" },
  namespace: { flag: "namespace", short: "n", value: "NAME", key: "namespace", type: "string", default: "default", rule: dnsLabel, help: "Namespace of the application" },
  secrets: { flag: "secret", value: "NAME[=PATH][#KEY,…]", key: "secrets", type: "list", rule: secretSpec, help: "An ExternalSecret: its name, the path below the KV prefix (default: the name), and keys (default: all) (repeatable)" },
  refreshInterval: { flag: "refresh-interval", value: "DURATION", key: "store.refreshInterval", type: "duration", default: "1m", help: "How often the operator reads a secret again" },

  // how a run behaves
  config: { flag: "config", short: "f", value: "FILE", env: ["VAULT_K8S_CONFIG"], type: "path", help: "Configuration file (default: vault-k8s.yaml in the working folder, if it is there)" },
  output: { flag: "output", short: "o", value: "FORMAT", type: { oneOf: ["text", "json"] as const }, default: "text", help: "What stands on standard output" },
  dryRun: { flag: "dry-run", type: "boolean", help: "Show what would be done, change nothing" },
  printCommands: { flag: "print-commands", type: "boolean", help: "Also print the vault, kubectl and helm commands that do the same" },
  yes: { flag: "yes", short: "y", type: "boolean", help: "Do not ask before writing" },
  noInput: { flag: "no-input", type: "boolean", help: "Never ask anything" },
  timeout: { flag: "timeout", value: "DURATION", type: "duration", default: "5m", help: "How long to wait for anything to become ready" },
  color: { flag: "color", value: "WHEN", type: { oneOf: ["auto", "always", "never"] as const }, default: "auto", help: "Colour on a terminal" },
  quiet: { flag: "quiet", short: "q", type: "boolean", help: "Only what failed and what was asked for" },
  verbose: { flag: "verbose", short: "v", type: "boolean", help: "Also each field that differs, and each request" },
} as const satisfies Readonly<Record<string, Field>>;

export type FieldName = keyof typeof fields;

/** All settings with their values; `cluster` is checked by the commands that need it. */
export type Settings = SettingsOf<typeof fields>;
