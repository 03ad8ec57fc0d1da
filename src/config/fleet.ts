import type { Entries } from "./entries.ts";
import type { FleetShape } from "./fleet/shape.ts";

export type { SourceWish } from "./fleet/shape.ts";

/** What the part `fleet` of vault-k8s.yaml says. */
export interface FleetFile extends FleetShape {
  /** Settings of the clusters of the fleet alone; the top of the file counts for them too, after these. */
  readonly defaults: Entries;
  /** What a person has to mean before it counts, by its key: programs, and where clusters and their credentials come from. */
  readonly says: readonly FleetSaid[];
}

/** One value of it as text, by its dotted key. */
export interface FleetSaid {
  readonly key: string;
  readonly text: string;
}
