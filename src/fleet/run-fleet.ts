import { exitCodes, type ExitCode } from "../core/errors.ts";
import { runHere, type FleetWatch, type Work } from "./engine/here.ts";
import type { Member, Refused } from "./engine/member.ts";
import type { PoolOptions } from "./pool.ts";
import { causesOf } from "./report/causes.ts";
import type { ClusterRecord, FleetBegin, FleetEnd } from "./report/schema.ts";
import { countsOf, exitOf } from "./report/totals.ts";

/** What is about a run over a fleet as a whole. */
export interface FleetRun extends Pick<FleetBegin, "command" | "fleet" | "vault"> {
  readonly members: readonly (Member | Refused)[];
  readonly work: Work;
  readonly options: PoolOptions;
  /** Told at the end. */
  readonly notices: readonly string[];
}

/** Sees a run over a fleet. */
export interface FleetObserver extends FleetWatch {
  readonly begin: (fleet: FleetBegin) => void;
  readonly end: (fleet: FleetEnd) => void;
}

export interface FleetOutcome {
  readonly begin: FleetBegin;
  readonly records: readonly ClusterRecord[];
  readonly end: FleetEnd;
  readonly exitCode: ExitCode;
}

/** A run over a fleet from its beginning to its end. What goes wrong with a cluster stands in its record. */
export async function runFleet({ members, work, options, notices, ...about }: FleetRun, observer: FleetObserver): Promise<FleetOutcome> {
  const [began, at] = [performance.now(), new Date().toISOString()];
  const begin: FleetBegin = { schema: "fleet.v1", ...about, at, clusters: members.length };
  observer.begin(begin);
  const records = await runHere(members, work, options, observer);
  const counts = countsOf(records);
  const exitCode = members.length === 0 ? exitCodes.done : exitOf(counts, options.signal?.aborted === true);
  const seconds = Math.round(performance.now() - began) / 1000;
  const end: FleetEnd = { counts, causes: causesOf(records), notices: [...notices], seconds, exitCode };
  observer.end(end);
  return { begin, records, end, exitCode };
}
