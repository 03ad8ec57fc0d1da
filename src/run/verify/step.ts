import { loginChecks } from "../../wiring/login.ts";
import { storeReady } from "../../consumers/store-ready.ts";
import { secretSynced } from "../../consumers/secret-synced.ts";
import { defineStep } from "../../systems/step.ts";
import { audienceOf } from "../../consumers/kinds.ts";
import { parseSecretSpec } from "../../config/spec/secret.ts";
import { storeNamespace } from "../../consumers/store.ts";

/** The proof that the wiring works, from a login to the Kubernetes Secret. */
export const verify = defineStep({
  id: "verify",
  title: "Prove it",
  inputs: [
    "operator",
    "cluster",
    "authMount",
    "roleName",
    "boundServiceAccounts",
    "boundNamespaces",
    "audience",
    "kvMount",
    "kvPrefix",
    "storeName",
    "storeKind",
    "namespace",
    "secrets",
    "timeout",
  ],
  checks: (settings) => [
    ...loginChecks({ ...settings, roleName: settings.roleName.toLowerCase(), audience: audienceOf(settings) }),
    ...(settings.operator === "kes"
      ? []
      : [storeReady({ kind: settings.storeKind, name: settings.storeName, namespace: storeNamespace(settings) })]),
    ...settings.secrets.map(parseSecretSpec).map((spec) => secretSynced({ ...settings, spec })),
  ],
});
