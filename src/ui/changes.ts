import { diffLines } from "diff";
import type { Change } from "../core/resource.ts";
import { oneLine, printable } from "./printable.ts";
import type { Terminal } from "./terminal.ts";

/** What differs, a line for each field; texts of several lines as a diff. */
export function changeLines(changes: readonly Change[], terminal: Terminal): string[] {
  return changes.flatMap((change) => (isLong(change) ? longChange(change, terminal) : [shortChange(change, terminal)]));
}

const isLong = ({ before = "", after = "" }: Change): boolean => before.trim().includes("\n") || after.trim().includes("\n");

function shortChange({ field, before, after }: Change, { symbols, chalk }: Terminal): string {
  const from = before === undefined ? "" : `${chalk.red(oneLine(before))} ${symbols.arrow} `;
  return `      ${oneLine(field)}: ${from}${after === undefined ? "(none)" : chalk.green(oneLine(after))}`;
}

function longChange({ field, before = "", after = "" }: Change, { chalk }: Terminal): string[] {
  const lines = diffLines(`${printable(before).trimEnd()}\n`, `${printable(after).trimEnd()}\n`).flatMap(({ value, added, removed }) =>
    value
      .trimEnd()
      .split("\n")
      .map((line) => (added ? chalk.green(`      + ${line}`) : removed ? chalk.red(`      - ${line}`) : `        ${line}`)),
  );
  return [`      ${oneLine(field)}:`, ...lines.map((line) => line.trimEnd()).filter((line) => line.trim() !== "-")];
}
