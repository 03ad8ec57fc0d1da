import { exitCodes } from "../../../core/errors.ts";
import { converging } from "../../../fleet/work/converge.ts";
import type { Run } from "../command.ts";
import type { fleetApplyOptions } from "../own-options.ts";
import { askOnce } from "./ask-once.ts";
import { overFleet } from "./over-fleet.ts";
import { leaving } from "./prune.ts";
import { boundIn, stepsOf } from "./steps.ts";

/** Connects every cluster of the fleet to its Vault; what is there already stays as it is. */
export const run: Run<typeof fleetApplyOptions> = (call) => {
  const steps = boundIn(stepsOf(call.command.steps, call.options.steps));
  return overFleet(call, {
    isData: call.flags.dryRun === true,
    work: () => converging({ steps, preflight: true, missingIs: exitCodes.done }),
    confirm: askOnce("Write to"),
    notices: (prepared) => leaving(call, prepared),
  });
};
