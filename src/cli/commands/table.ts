import type { FieldName } from "../../config/fields.ts";
import type { Command } from "./command.ts";
import { look } from "./table/look.ts";
import { oneCommand } from "./table/one-command.ts";
import { singleSteps } from "./table/single-steps.ts";
import { takeOver } from "./table/take-over.ts";

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

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [...oneCommand, ...singleSteps, ...takeOver, ...look];
