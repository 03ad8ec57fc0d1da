import type { ClusterRecord, FleetBegin, FleetEnd } from "../../../fleet/report/schema.ts";

/** Shows a run over a fleet while it goes on. */
export interface FleetShown {
  begin(fleet: FleetBegin): void;
  /** A cluster is under way. */
  begun(cluster: string): void;
  ended(record: ClusterRecord): void;
  /** What is about the fleet as a whole, at once. */
  notice(words: string): void;
  end(fleet: FleetEnd): void;
  /** Takes away a line that will be written over, before something else is written. */
  makeWay(): void;
}
