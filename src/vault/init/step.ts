import { milliseconds } from "../../core/duration.ts";
import { keysRemoval } from "./keys-removal.ts";
import { vaultInit } from "./init.ts";
import type { AppResource } from "../../systems/step.ts";
import { defineStep } from "../../systems/step.ts";
import type { Settings } from "../../config/fields.ts";

const inputs = [
  "keyShares",
  "keyThreshold",
  "pgpKeys",
  "rootTokenPgpKey",
  "initFile",
  "keysAgeRecipients",
  "keysAgeIdentity",
  "keysCommand",
  "keysReadCommand",
  "keysCommandTimeout",
  "keysKubernetesSecret",
  "keysStdout",
  "keysHolders",
  "acceptUnproven",
  "installNamespace",
  "release",
  "vaultNodes",
  "caCert",
  "timeout",
] as const;

export const operatorInit = defineStep({
  id: "operator-init",
  title: "Initialise Vault",
  inputs,
  resources: (settings) => initResources(settings, false),
  removals: () => [keysRemoval()],
});

/** @param wipeLost Whether the data of an init whose answer was lost is deleted first. */
export function initResources(settings: Pick<Settings, (typeof inputs)[number]>, wipeLost: boolean): AppResource[] {
  const release = { namespace: settings.installNamespace, name: settings.release };
  return [vaultInit({ ...settings, release, withinMs: milliseconds(settings.timeout), wipeLost })];
}
