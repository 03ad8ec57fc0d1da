import { proving } from "../../../fleet/work/prove.ts";
import type { Run } from "../command.ts";
import type { fleetRunOptions } from "../own-options.ts";
import { overFleet } from "./over-fleet.ts";
import { boundIn } from "./steps.ts";

/** The proofs for each cluster: log in, read, be refused elsewhere. */
export const run: Run<typeof fleetRunOptions> = (call) =>
  overFleet(call, { isData: true, work: () => proving({ steps: boundIn(call.command.steps), missingIs: call.command.missingIs }) });
