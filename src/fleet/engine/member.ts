import type { CommandLines } from "../../consumers/diagnosis/cause.ts";
import type { Spec } from "../../config/spec.ts";
import type { CliError } from "../../core/errors.ts";
import type { Systems } from "../../run/run.ts";

/** One cluster that work can be done for: its own spec, and how it is reached. */
export interface Member {
  readonly name: string;
  /** Where the fleet has it from, for people. */
  readonly source: string | undefined;
  readonly spec: Spec;
  readonly systems: Systems;
  /** The lines of our own commands for this cluster, which fixes name. */
  readonly commandLines: CommandLines;
}

/** One that belongs to the fleet and for which nothing can be done. */
export interface Refused {
  readonly name: string;
  readonly source: string | undefined;
  readonly error: CliError;
}
