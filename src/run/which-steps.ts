import type { Spec } from "../config/spec.ts";
import type { StepId } from "../config/step-id.ts";

/** Of the steps of a whole run those that belong to it: Vault is brought only where it belongs into this cluster. */
export async function stepsFor(ids: readonly StepId[], { vault }: Spec): Promise<readonly StepId[]> {
  const { vaultSteps } = await import("./steps.ts");
  return vault.isOwn ? ids : ids.filter((id) => !vaultSteps.includes(id));
}
