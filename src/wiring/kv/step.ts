import { kvMount } from "./mount.ts";
import { secretsRemoval } from "./secrets-removal.ts";
import { defineStep } from "../../systems/step.ts";

export const kv = defineStep({
  id: "kv",
  title: "Enable KV version 2",
  resources: ({ wiring }) => [kvMount(wiring.kv.mount)],
  // The engine stays: it is shared by clusters.
  removals: ({ wiring, vault }, policy) => [
    secretsRemoval({ ...wiring.kv, authMount: wiring.authMount, policy: wiring.policy.name, adminPolicy: vault.root.adminPolicy }, policy),
  ],
});
