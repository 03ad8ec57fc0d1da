import { exitCodes, type ExitCode } from "../../core/errors.ts";
import type { ClusterRecord, FleetEnd } from "./schema.ts";

/** How many clusters have which result. */
export function countsOf(records: readonly ClusterRecord[]): FleetEnd["counts"] {
  const count = (wanted: ClusterRecord["result"]): number => records.filter(({ result }) => result === wanted).length;
  return {
    clusters: records.length,
    changed: count("changed"),
    unchanged: count("unchanged"),
    wouldChange: count("would-change"),
    well: count("well"),
    notWell: count("not-well"),
    failed: count("failed"),
    skipped: count("skipped"),
  };
}

/**
 * How the process ends: 130 where it was interrupted before all were begun, 1 where one failed or was not begun, 2 where one is not well.
 * A difference that a plan finds is data.
 */
export function exitOf({ failed, skipped, notWell }: FleetEnd["counts"], interrupted: boolean): ExitCode {
  if (interrupted && skipped > 0) return exitCodes.interrupted;
  if (failed + skipped > 0) return exitCodes.failed;
  return notWell > 0 ? exitCodes.differences : exitCodes.done;
}
