import { exitCodes } from "../../../core/errors.ts";
import { withoutWriting } from "../../../fleet/work/without-writing.ts";
import { converging } from "../../../fleet/work/converge.ts";
import type { Run } from "../command.ts";
import type { fleetPlanOptions } from "../own-options.ts";
import { writeMetrics } from "./metrics-file.ts";
import { overFleet } from "./over-fleet.ts";
import { leaving } from "./prune.ts";
import { boundIn, stepsOf } from "./steps.ts";

/** What apply would change in each cluster, and nothing else. A difference is data. */
export const run: Run<typeof fleetPlanOptions> = (call) => {
  const { metrics } = call.options;
  const steps = boundIn(stepsOf(call.command.steps, call.options.steps));
  return overFleet(call, {
    isData: true,
    work: () => withoutWriting(converging({ steps, missingIs: exitCodes.done })),
    notices: (prepared) => leaving({ ...call, options: { ...call.options, prune: undefined, confirm: undefined } }, prepared),
    ...(metrics !== undefined && { done: (outcome) => writeMetrics(call, metrics, outcome) }),
  });
};
