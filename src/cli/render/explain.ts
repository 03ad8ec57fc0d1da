import type { CliError } from "../../core/errors.ts";
import { document } from "../../systems/document.ts";
import { printable } from "../../systems/printable.ts";
import type { Terminal } from "./terminal.ts";
import { wrap } from "./wrap.ts";
import { calledAs } from "../called-as.ts";

/** An error for people: what happened, why, what to do, and its code, in this order. */
export function explain(error: CliError, { chalk, symbols, columns }: Terminal): string {
  const { message, why, fix, kind } = error;
  const part = (text: string, lead = "  "): string => wrap(printable(text), lead, columns);
  return [
    `${chalk.red(symbols.failed)} ${chalk.bold(part(message).trimStart())}`,
    ...(why === undefined ? [] : [part(why)]),
    ...(fix === undefined ? [] : [part(fix)]),
    chalk.dim(part(`${kind.code}: ${kind.title}; more: ${calledAs()} explain ${kind.code}`)),
    "",
  ].join("\n");
}

/** The same as a document, with what the run did before it. */
export function errorDocument(error: CliError, run: object | undefined): string {
  const { message, why, fix, kind } = error;
  return document("Error", {
    code: kind.code,
    title: kind.title,
    exitCode: kind.exit,
    what: printable(message),
    why: why && printable(why),
    fix: fix && printable(fix),
    run,
  });
}

/** A failure that nobody foresaw: it is a bug, and says how to report it. */
export function explainBug(error: unknown, { chalk, symbols }: Terminal, verbose: boolean): string {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const lines = [
    `${chalk.red(symbols.failed)} ${chalk.bold("A bug in vault-k8s:")} ${printable(message)}`,
    "  Please report it with the command that you typed and this message.",
    verbose ? printable(stack ?? "") : "  The same command with -v prints where it happened.",
    "",
  ];
  return lines.join("\n");
}
