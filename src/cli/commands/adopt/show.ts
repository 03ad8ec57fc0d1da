import { table } from "../../../config/keys.ts";
import type { Flags } from "../../../config/sources.ts";
import type { Followed } from "../../found/tally.ts";
import { oneLine } from "../../../systems/printable.ts";
import type { Terminal } from "../../render/terminal.ts";
import { wrap } from "../../render/wrap.ts";

/** What was found, each with the settings that follow from it. */
export function showFound({ rows, notes }: Followed, { err, chalk, symbols, columns }: Terminal): void {
  if (rows.length === 0 && notes.length === 0) return;
  err(`${chalk.bold("Found, and what follows from it:")}\n`);
  for (const because of new Set(rows.map((row) => row.because))) {
    err(`${wrap(`${chalk.green(symbols.done)} ${oneLine(because)}`, "  ", columns)}\n`);
    for (const { name, value } of rows.filter((row) => row.because === because))
      err(`      ${table[name].key ?? name} = ${oneLine(shown(value))}\n`);
  }
  for (const note of notes) err(`${wrap(`${chalk.yellow(symbols.notice)} ${oneLine(note)}`, "  ", columns)}\n`);
}

const shown = (value: Flags[keyof Flags]): string => {
  const text = [value ?? ""].flat().join(", ");
  return text === "" ? '""' : text;
};
