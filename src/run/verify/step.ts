import { loginChecks } from "../../wiring/login.ts";
import { consumerChecks } from "../../consumers/checks.ts";
import { defineStep } from "../../systems/step.ts";
import { loginOf } from "../../consumers/kinds.ts";

/** The proof that the wiring works, from a login to the Kubernetes Secret. */
export const verify = defineStep({
  id: "verify",
  title: "Prove it",
  checks: ({ wiring: { authMount, kv }, consumers }) =>
    consumers.flatMap((consumer) => [...loginChecks({ authMount, kv, login: loginOf(consumer) }), ...consumerChecks(kv, consumer)]),
});
