/** The steps of bootstrap, in their order. */
export const stepIds = [
  "tls",
  "install",
  "tls-served",
  "operator-init",
  "operator-unseal",
  "audit",
  "external-secrets",
  "reviewer",
  "kv",
  "policy",
  "auth",
  "role",
  "store",
  "secret",
  "retire-root",
  "verify",
] as const;

export type StepId = (typeof stepIds)[number];
