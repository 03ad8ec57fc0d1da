import { exitCodes } from "../../../core/errors.ts";
import { converging } from "../../../fleet/work/converge.ts";
import { teardownSteps } from "../../../run/teardown/steps.ts";
import type { Run } from "../command.ts";
import type { fleetTeardownOptions } from "../own-options.ts";
import { confirmCount } from "./confirm-count.ts";
import { overFleet } from "./over-fleet.ts";

/** Takes away what apply made in each cluster, and its place in Vault. The secrets in Vault stay. */
export const run: Run<typeof fleetTeardownOptions> = (call) => {
  const choices = { keepSecrets: call.options.deleteSecrets !== true, deleteData: false, forceVault: false };
  const steps = converging({ steps: (spec) => Promise.resolve(teardownSteps(spec, choices)), missingIs: exitCodes.done });
  return overFleet(call, {
    isData: call.flags.dryRun === true,
    work: () => steps,
    confirm: (prepared, members) => confirmCount(prepared, call.options.confirm, members.length, "clusters are torn down"),
  });
};
