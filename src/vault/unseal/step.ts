import { milliseconds } from "../../core/duration.ts";
import { vaultUnsealed } from "./unsealed.ts";
import { defineStep } from "../../systems/step.ts";

export const operatorUnseal = defineStep({
  id: "operator-unseal",
  title: "Unseal and join every Vault pod",
  inputs: [
    "initFile",
    "keyShares",
    "keysHolders",
    "keysAgeIdentity",
    "keysReadCommand",
    "keysCommandTimeout",
    "keysKubernetesSecret",
    "installNamespace",
    "release",
    "vaultNodes",
    "caCert",
    "timeout",
  ],
  resources: ({ timeout, installNamespace: namespace, release }) => [vaultUnsealed(milliseconds(timeout), { namespace, release })],
});
