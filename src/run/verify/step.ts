import { loginChecks } from "../../wiring/login.ts";
import { storeReady } from "../../consumers/store-ready.ts";
import { secretSynced } from "../../consumers/secret-synced.ts";
import { defineStep } from "../../systems/step.ts";
import { loginOf, storesOf } from "../../consumers/kinds.ts";

/** The proof that the wiring works, from a login to the Kubernetes Secret. */
export const verify = defineStep({
  id: "verify",
  title: "Prove it",
  checks: ({ wiring: { authMount, kv }, consumers }) =>
    consumers.flatMap((consumer) => [
      ...loginChecks({ authMount, kv, login: loginOf(consumer) }),
      ...storesOf(consumer).map(storeReady),
      ...consumer.secrets.map((secret) => secretSynced({ kind: consumer.kind, kv, secret })),
    ]),
});
