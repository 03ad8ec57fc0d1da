import { exitCodes } from "../../../core/errors.ts";
import { listDocument } from "../../../fleet/inventory/document.ts";
import { document } from "../../../systems/document.ts";
import { inventoryText } from "../../render/fleet-list.ts";
import type { Run } from "../command.ts";
import type { fleetOptions } from "../own-options.ts";
import { prepareFleet } from "./prepare-fleet.ts";

/** Shows which clusters are of the fleet, and what is wrong with those that cannot be reached. Ends with 1 where there are any. */
export const run: Run<typeof fleetOptions> = async (call) => {
  const { inventory, spec, terminal } = await prepareFleet(call);
  const isWhole = inventory.refused.length === 0 && inventory.sources.every(({ error }) => error === undefined);
  const exitCode = isWhole ? exitCodes.done : exitCodes.failed;
  if (spec.run.output === "json") terminal.out(document("FleetList", { ...listDocument(inventory), exitCode }));
  else terminal.out(inventoryText(inventory, { ...terminal, wide: spec.run.output === "wide" }));
  return exitCode;
};
