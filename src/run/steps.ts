import type { StepId } from "../config/step-id.ts";
import type { AppStep } from "../systems/step.ts";
import { audit } from "../vault/audit/step.ts";
import { auth } from "../wiring/auth/step.ts";
import { externalSecrets } from "../consumers/install.ts";
import { install } from "../vault/install/step.ts";
import { kv } from "../wiring/kv/step.ts";
import { operatorInit } from "../vault/init/step.ts";
import { operatorUnseal } from "../vault/unseal/step.ts";
import { policy } from "../wiring/policy/step.ts";
import { retireRoot } from "../vault/root/step.ts";
import { reviewer } from "../wiring/reviewer/step.ts";
import { role } from "../wiring/role/step.ts";
import { secret } from "../consumers/secret.ts";
import { store } from "../consumers/store.ts";
import { tls, tlsServed } from "../vault/tls/step.ts";
import { verify } from "./verify/step.ts";

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
} as const satisfies Readonly<Record<StepId, AppStep>>;
