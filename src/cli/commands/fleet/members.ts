import pLimit from "p-limit";
import { CliError } from "../../../core/errors.ts";
import type { Member, Refused } from "../../../fleet/engine/member.ts";
import type { FleetCluster, RefusedCluster } from "../../../fleet/inventory/inventory.ts";
import type { Systems } from "../../../run/run.ts";
import type { Call } from "../command.ts";
import { commandLinesFor } from "../command-lines.ts";
import { systemsOf } from "../world-options.ts";
import { prepare, type Prepared } from "../prepare.ts";
import type { PreparedFleet } from "./prepare-fleet.ts";

/** What all runs over the fleet share. */
export type SharedSystems = Required<Pick<Systems, "sharedLook" | "ways">>;

/** Settings are settled for so many at a time. */
const atOnce = 16;

/**
 * The clusters of the fleet, each with its own settings; those that cannot be worked on with the reason why.
 * @throws CliError VK1002 alone
 */
export async function membersOf(call: Call, { inventory }: PreparedFleet, shared: SharedSystems): Promise<(Member | Refused)[]> {
  const ready = await pLimit(atOnce).map([...inventory.clusters], (cluster) => memberOf(call, cluster, inventory.fleet, shared));
  return [...inventory.refused.map(refusedOf), ...ready];
}

const refusedOf = ({ name, called, source, error }: RefusedCluster): Refused => ({ name: name ?? called, source, error });

/** The settings of one cluster of the fleet: what reaches it is its source's to say. */
function prepareMember(call: Call, { name, overrides }: FleetCluster): Promise<Prepared> {
  const { context: _, kubeconfig: __, ...flags } = call.flags;
  return prepare({ ...call, flags: { ...flags, ...overrides, cluster: name } }, { inFleet: true });
}

async function memberOf(call: Call, cluster: FleetCluster, fleet: string | undefined, shared: SharedSystems): Promise<Member | Refused> {
  const { name, source, reach, overrides } = cluster;
  try {
    const prepared = await prepareMember(call, cluster);
    const held = reach.kind === "held" ? { held: reach.held } : {};
    return {
      name,
      source,
      spec: { ...prepared.spec, wiring: { ...prepared.spec.wiring, fleet } },
      // Nobody can be asked for one cluster of many.
      systems: { ...systemsOf(call, prepared), ...held, ...shared, terminal: false },
      commandLines: commandLinesFor({ ...call, flags: { ...call.flags, ...overrides, cluster: name } }),
    };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { name, source, error };
  }
}
