import { exitCodes } from "../../../core/errors.ts";
import { bind } from "../../../core/step.ts";
import { converging } from "../../../fleet/work/converge.ts";
import { rotateReviewer } from "../../../wiring/auth/rotate.ts";
import type { Run } from "../command.ts";
import type { fleetRunOptions } from "../own-options.ts";
import { askOnce } from "./ask-once.ts";
import { overFleet } from "./over-fleet.ts";

/** Exchanges in each cluster the token that Vault reviews with for a new one. */
export const run: Run<typeof fleetRunOptions> = (call) =>
  overFleet(call, {
    isData: call.flags.dryRun === true,
    work: () => converging({ steps: (spec) => Promise.resolve([bind(rotateReviewer, spec)]), preflight: true, missingIs: exitCodes.done }),
    confirm: askOnce("Exchange the reviewer's token in"),
  });
