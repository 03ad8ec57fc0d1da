import type { StepId } from "../../../run/steps.ts";

/** The steps of bootstrap in their order, without loading them. */
export const allSteps: readonly StepId[] = [
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
];
