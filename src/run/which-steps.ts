import type { Spec } from "../config/spec.ts";
import type { StepId } from "../config/step-id.ts";

/** The steps that are about the cluster's own Vault. */
export const vaultSteps: readonly StepId[] = ["tls", "install", "tls-served", "operator-init", "operator-unseal", "retire-root"];

/** Of the steps of a whole run those that belong to it: Vault is brought only where it belongs into this cluster. */
export const stepsFor = (ids: readonly StepId[], { vault }: Spec): readonly StepId[] =>
  vault.isOwn ? ids : ids.filter((id) => !vaultSteps.includes(id));
