import type { Spec } from "../config/spec.ts";
import type { StepId } from "../config/step-id.ts";
import { bind } from "../core/step.ts";
import type { AppBoundStep } from "../systems/step.ts";

/** The named steps with what is wanted of them. */
export async function boundSteps(ids: readonly StepId[], spec: Spec): Promise<AppBoundStep[]> {
  const { steps } = await import("./steps.ts");
  return ids.map((id) => bind(steps[id], spec));
}
