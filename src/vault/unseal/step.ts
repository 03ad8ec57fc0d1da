import { vaultUnsealed } from "./unsealed.ts";
import { defineStep } from "../../systems/step.ts";

export const operatorUnseal = defineStep({
  id: "operator-unseal",
  title: "Unseal and join every Vault pod",
  resources: ({ vault: { install }, run }) => [vaultUnsealed(run.timeoutMs, { namespace: install.namespace, release: install.release })],
});
