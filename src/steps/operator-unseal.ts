import { milliseconds } from "../core/duration.ts";
import { vaultUnsealed } from "../resources/vault-unseal.ts";
import { defineStep } from "./define.ts";

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
  resources: ({ timeout, installNamespace }) => [vaultUnsealed(milliseconds(timeout), installNamespace)],
});
