import type { FieldName } from "./fields.ts";

/** Settings that every command takes that touches a cluster or Vault. */
export const targetFields: readonly FieldName[] = [
  "cluster",
  "context",
  "kubeconfig",
  "namespace",
  "vaultAddr",
  "vaultContext",
  "install",
  "consumerVaultAddr",
  "vaultTokenFile",
  "vaultLogin",
  "vaultNamespace",
  "caCert",
  "installNamespace",
  "release",
  "initFile",
  "keysAgeIdentity",
  "keysReadCommand",
  "keysCommandTimeout",
  "keysKubernetesSecret",
];

/** Settings of how a run behaves. */
export const runFields: readonly FieldName[] = [
  "config",
  "output",
  "dryRun",
  "printCommands",
  "yes",
  "noInput",
  "timeout",
  "color",
  "quiet",
  "verbose",
];

/** What most command lines say: the help of each command has these first, and the rest behind --help-all. */
export const commonFields: readonly FieldName[] = [
  "cluster",
  "context",
  "vaultAddr",
  "vaultContext",
  "namespace",
  "secrets",
  "config",
  "dryRun",
  "yes",
  "output",
];
