import { CliError, exitCodes, type ExitCode } from "../../core/errors.ts";
import { CommanderError } from "commander";
import { misuse } from "./misuse.ts";
import { errorDocument, explain, explainBug } from "./explain.ts";
import { openTerminal, type ColorWhen, type Streams } from "./terminal.ts";
import { typedAgain, type Given } from "../commands/typed-again.ts";
import { type Environment } from "../../config/environment.ts";

interface Failed {
  readonly argv: readonly string[];
  readonly streams: Streams;
  readonly env: Environment;
  /** What the run did before it failed. */
  readonly run: object | undefined;
  /** What was typed, once it was understood. */
  readonly given?: Given | undefined;
}

/** Explains a failure on standard error, with -o json also as a document on standard output, and gives the exit code. */
export function report(thrown: unknown, { argv, streams, env, run, given }: Failed): ExitCode {
  const error = thrown instanceof CommanderError ? misuse(thrown, argv) : withFlags(thrown, given);
  const terminal = openTerminal(streams, env, (said(argv, "color") as ColorWhen | undefined) ?? "auto");
  if (!(error instanceof CliError)) {
    terminal.err(
      explainBug(
        error,
        terminal,
        argv.some((word) => word === "-v" || word === "--verbose"),
      ),
    );
    return exitCodes.failed;
  }
  terminal.err(explain(error, terminal));
  if ((said(argv, "output", "o") ?? "text") === "json") terminal.out(errorDocument(error, run));
  return error.kind.exit;
}

/** What it says to type is whole. */
function withFlags(error: unknown, given: Given | undefined): unknown {
  if (!(error instanceof CliError) || error.fix === undefined || given === undefined) return error;
  const { kind, message: what, why, fix } = error;
  return new CliError(kind, { what, why, fix: typedAgain(fix, given) });
}

// The settings may be what failed, so these two are read from the command line itself.
function said(argv: readonly string[], flag: string, short?: string): string | undefined {
  for (const [index, word] of argv.entries()) {
    if (word === `--${flag}` || word === `-${short}`) return argv[index + 1];
    if (word.startsWith(`--${flag}=`)) return word.slice(flag.length + 3);
    if (short !== undefined && word.startsWith(`-${short}`) && !word.startsWith("--")) return word.slice(2);
  }
  return undefined;
}
