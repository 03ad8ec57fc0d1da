import { milliseconds } from "../../core/duration.ts";
import type { Settings } from "../fields.ts";

/** How a run goes, and what it shows. */
export interface RunSpec {
  /** Nothing is written. */
  readonly dryRun: boolean;
  readonly printCommands: boolean;
  /** Whether all that is missing is told before the first write. */
  readonly preflight: boolean;
  /** Nobody is asked before a write. */
  readonly yes: boolean;
  /** How long anything may take to become ready, in milliseconds. */
  readonly timeoutMs: number;
  readonly output: Settings["output"];
  readonly quiet: boolean;
  readonly verbose: boolean;
}

export const runOf = ({ dryRun, printCommands, preflight, yes, timeout, output, quiet, verbose }: Settings): RunSpec => ({
  dryRun,
  printCommands,
  preflight,
  yes,
  timeoutMs: milliseconds(timeout),
  output,
  quiet,
  verbose,
});
