import { vaultInit } from "../resources/vault-init.ts";
import { defineStep } from "./define.ts";

export const operatorInit = defineStep({
  id: "operator-init",
  title: "Initialise Vault",
  inputs: ["keyShares", "keyThreshold", "pgpKeys", "rootTokenPgpKey", "initFile", "installNamespace", "release", "vaultNodes", "caCert"],
  resources: (settings) => [vaultInit(settings)],
});
