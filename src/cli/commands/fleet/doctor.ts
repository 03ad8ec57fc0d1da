import { diagnosing } from "../../../fleet/work/diagnose.ts";
import type { Run } from "../command.ts";
import type { fleetRunOptions } from "../own-options.ts";
import { overFleet } from "./over-fleet.ts";

/** Finds why logins or syncs fail, in each cluster; what many have in common is told once. */
export const run: Run<typeof fleetRunOptions> = (call) => overFleet(call, { isData: true, work: () => diagnosing });
