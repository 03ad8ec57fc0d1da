import { structuredPatch } from "diff";
import type { Change } from "../../core/resource.ts";
import { oneLine, printable } from "../../systems/printable.ts";
import type { Terminal } from "./terminal.ts";

/** A new text of more lines than this is named only, and so are several new texts, unless all is asked for. */
const fewLines = 30;
const fewTexts = 3;

type Style = Pick<Terminal, "chalk" | "symbols">;

/** What differs, a line for each field; texts of several lines as a diff. `all`: new texts are shown however long they are. */
export function changeLines(changes: readonly Change[], style: Style, all: boolean): string[] {
  const many = changes.filter((change) => isLong(change) && change.before === undefined).length > fewTexts;
  const most = all ? Number.POSITIVE_INFINITY : many ? 0 : fewLines;
  return changes.flatMap((change) => (isLong(change) ? longChange(change, style, most) : [shortChange(change, style)]));
}

const isLong = ({ before = "", after = "" }: Change): boolean => before.trim().includes("\n") || after.trim().includes("\n");

function shortChange({ field, before, after }: Change, { symbols, chalk }: Style): string {
  const from = before === undefined ? "" : `${chalk.red(oneLine(before))} ${symbols.arrow} `;
  return `      ${oneLine(field)}: ${from}${after === undefined ? "(none)" : chalk.green(oneLine(after))}`;
}

function longChange({ field, before, after }: Change, { chalk }: Style, most: number): string[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  if (old.length === 0 && now.length > most) return [`      ${oneLine(field)}: ${chalk.green(`new, ${now.length} lines`)}`];
  if (now.length === 0 && old.length > most) return [`      ${oneLine(field)}: ${chalk.red(`removed, ${old.length} lines`)}`];
  const { hunks } = structuredPatch("", "", text(old), text(now), undefined, undefined, { context: 3 });
  const parts = hunks.map(({ lines }) => lines.filter((line) => !line.startsWith("\\")).map((line) => diffLine(line, chalk)));
  return [`      ${oneLine(field)}:`, ...parts.flatMap((lines, index) => (index === 0 ? lines : [chalk.dim("        ..."), ...lines]))];
}

const linesOf = (value: string | undefined): string[] => (value === undefined ? [] : printable(value).trimEnd().split("\n"));
const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

function diffLine(line: string, chalk: Style["chalk"]): string {
  const shown = `      ${line.slice(0, 1)} ${line.slice(1)}`.trimEnd();
  return line.startsWith("+") ? chalk.green(shown) : line.startsWith("-") ? chalk.red(shown) : shown;
}
