import { keysRemoval } from "./keys-removal.ts";
import { vaultInit } from "./init.ts";
import type { AppResource } from "../../systems/step.ts";
import { defineStep } from "../../systems/step.ts";
import type { Spec } from "../../config/spec.ts";

export const operatorInit = defineStep({
  id: "operator-init",
  title: "Initialise Vault",
  resources: (spec) => initResources(spec, false),
  removals: () => [keysRemoval()],
});

/** @param wipeLost Whether the data of an init whose answer was lost is deleted first. */
export function initResources({ vault: { install, keys }, run }: Spec, wipeLost: boolean): AppResource[] {
  const release = { namespace: install.namespace, name: install.release };
  return [vaultInit({ keys, release, withinMs: run.timeoutMs, wipeLost })];
}
