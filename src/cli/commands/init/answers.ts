import type { FieldName } from "../../../config/fields.ts";

/** What was answered, by setting, as it would be typed. */
export type Answers = Readonly<Partial<Record<FieldName, string | boolean | readonly string[] | undefined>>>;

/** Settings that only follow from what is wired already. */
const followed: readonly FieldName[] = [
  "consumerVaultAddr",
  "operatorRelease",
  "audience",
  "reviewer",
  "reviewerNamespace",
  "reviewerServiceAccount",
  "kvMount",
  "kvPrefix",
  "policyName",
  "authMount",
  "kubernetesHost",
  "roleName",
  "boundServiceAccounts",
  "boundNamespaces",
  "rolePolicies",
  "tokenTtl",
  "tokenMaxTtl",
  "storeName",
  "storeKind",
  "storeNamespaces",
  "refreshInterval",
];

/** The settings that the wizard asks for; what else a file says stays as it is. */
export const askedFields: readonly FieldName[] = [
  "cluster",
  "context",
  "vaultAddr",
  "caCert",
  "vaultContext",
  "installNamespace",
  "release",
  "replicas",
  "antiAffinity",
  "storageClass",
  "expose",
  "ingressHost",
  "ingressClass",
  "ingressTlsSecret",
  "insecureNoTls",
  "tlsSecret",
  "tlsIssuer",
  "keysAgeRecipients",
  "keysKubernetesSecret",
  "operator",
  "operatorNamespace",
  "operatorServiceAccount",
  "namespace",
  "secrets",
  ...followed,
];

/** Those that the wizard asks for. */
export const asked = (answers: Answers): Answers => Object.fromEntries(Object.entries(answers).filter(([name]) => isAsked(name)));

export const isAsked = (name: string): boolean => (askedFields as readonly string[]).includes(name);
