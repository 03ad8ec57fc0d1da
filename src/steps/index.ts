import type { AppStep } from "./define.ts";
import { audit } from "./audit.ts";
import { auth } from "./auth.ts";
import { externalSecrets } from "./external-secrets.ts";
import { install } from "./install.ts";
import { kv } from "./kv.ts";
import { operatorInit } from "./operator-init.ts";
import { operatorUnseal } from "./operator-unseal.ts";
import { policy } from "./policy.ts";
import { retireRoot } from "./retire-root.ts";
import { reviewer } from "./reviewer.ts";
import { role } from "./role.ts";
import { secret } from "./secret.ts";
import { store } from "./store.ts";
import { tls, tlsServed } from "./tls.ts";
import { verify } from "./verify.ts";

/** Every step in the order in which bootstrap runs them. */
export const steps = {
  tls,
  install,
  "tls-served": tlsServed,
  "operator-init": operatorInit,
  "operator-unseal": operatorUnseal,
  audit,
  "external-secrets": externalSecrets,
  reviewer,
  kv,
  policy,
  auth,
  role,
  store,
  secret,
  "retire-root": retireRoot,
  verify,
} as const satisfies Readonly<Record<string, AppStep>>;

export type StepId = keyof typeof steps;

/** The steps that are about the cluster's own Vault; left out where Vault is at an address or in another cluster. */
export const vaultSteps: readonly StepId[] = ["tls", "install", "tls-served", "operator-init", "operator-unseal", "retire-root"];
