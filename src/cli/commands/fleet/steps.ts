import type { StepId } from "../../../config/step-id.ts";
import type { Spec } from "../../../config/spec.ts";
import { failure, kinds } from "../../../errors.ts";
import { boundSteps } from "../../../run/bound-steps.ts";
import { oneLine } from "../../../systems/printable.ts";
import type { AppBoundStep } from "../../../systems/step.ts";

/** The steps of a fleet's command, or of these only those that --steps names. @throws CliError VK1001 for one that it has not */
export function stepsOf(all: readonly StepId[], said: string | undefined): readonly StepId[] {
  if (said === undefined) return all;
  const wanted = said.split(",").map((word) => word.trim());
  const known: readonly string[] = all;
  const unknown = wanted.find((word) => !known.includes(word));
  if (unknown !== undefined)
    throw failure(kinds.usage, {
      what: `"${oneLine(unknown)}" cannot be used for --steps`,
      why: `The steps here are ${all.join(", ")}.`,
      fix: "Name some of them, with commas between them.",
    });
  return all.filter((id) => wanted.includes(id));
}

export const boundIn =
  (ids: readonly StepId[]) =>
  (spec: Spec): Promise<AppBoundStep[]> =>
    boundSteps(ids, spec);
