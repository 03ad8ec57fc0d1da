import { CliError, exitCodes, type ExitCode } from "../../core/errors.ts";
import { CommanderError } from "commander";
import { misuse } from "./misuse.ts";
import { errorDocument, explain, explainBug } from "./explain.ts";
import { openTerminal, type ColorWhen, type Streams } from "./terminal.ts";
import { type Environment } from "../../config/environment.ts";

interface Failed {
  readonly argv: readonly string[];
  readonly streams: Streams;
  readonly env: Environment;
  /** What the run did before it failed. */
  readonly run: object | undefined;
}

/** Explains a failure on standard error, with -o json also as a document on standard output, and gives the exit code. */
export function report(thrown: unknown, { argv, streams, env, run }: Failed): ExitCode {
  const error = thrown instanceof CommanderError ? misuse(thrown, argv) : thrown;
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

// The settings may be what failed, so these two are read from the command line itself.
function said(argv: readonly string[], flag: string, short?: string): string | undefined {
  for (const [index, word] of argv.entries()) {
    if (word === `--${flag}` || word === `-${short}`) return argv[index + 1];
    if (word.startsWith(`--${flag}=`)) return word.slice(flag.length + 3);
    if (short !== undefined && word.startsWith(`-${short}`) && !word.startsWith("--")) return word.slice(2);
  }
  return undefined;
}
