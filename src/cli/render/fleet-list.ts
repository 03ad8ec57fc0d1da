import stringWidth from "fast-string-width";
import type { CliError } from "../../core/errors.ts";
import type { FleetCluster, Inventory } from "../../fleet/inventory/inventory.ts";
import { oneLine } from "../../systems/printable.ts";
import type { Terminal } from "./terminal.ts";

interface Style extends Pick<Terminal, "chalkOut" | "symbols"> {
  readonly wide: boolean;
}

/** The clusters of a fleet as people read them, a line each, then what is wrong with the others and with sources. */
export function inventoryText(inventory: Inventory, style: Style): string {
  const { chalkOut: chalk } = style;
  const { fleet, clusters, refused, sources, narrowed } = inventory;
  const wrong = sources.filter(({ error }) => error !== undefined);
  const lines = [
    chalk.bold(
      `${fleet === undefined ? "Fleet" : `Fleet ${fleet}`}: ${counted(clusters.length)}${narrowed ? ", of those that were asked for" : ""}`,
    ),
    ...rows(clusters, style),
    ...(refused.length === 0 ? [] : [chalk.bold(`Not usable: ${counted(refused.length)}`)]),
    ...refused.flatMap(({ called, source, error }) => problem(`${called} (${source})`, error, style)),
    ...(wrong.length === 0 ? [] : [chalk.bold("Sources that did not answer whole:")]),
    ...wrong.flatMap(({ source, error }) => (error === undefined ? [] : problem(source, error, style))),
  ];
  return `${lines.join("\n")}\n`;
}

const counted = (count: number): string => `${count} ${count === 1 ? "cluster" : "clusters"}`;

function rows(clusters: readonly FleetCluster[], { chalkOut: chalk, symbols, wide }: Style): string[] {
  const cells = clusters.map(({ name, server, source, called, also, uid }) =>
    [
      name,
      server,
      ...(wide ? [uid] : []),
      [`${source}: ${called}`, ...(also.length === 0 ? [] : [`also ${also.join(", ")}`])].join("; "),
    ].map(oneLine),
  );
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => stringWidth(row[column] ?? ""))));
  return cells.map((row) =>
    `  ${chalk.green(symbols.done)} ${row.map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - stringWidth(cell))).join("  ")}`.trimEnd(),
  );
}

function problem(name: string, { kind, message, why, fix }: CliError, { chalkOut: chalk, symbols }: Style): string[] {
  const more = [why, fix].filter((line) => line !== undefined).map((line) => `      ${oneLine(line)}`);
  return [`  ${chalk.red(symbols.failed)} ${oneLine(name)}`, `      ${oneLine(message)} (${kind.code})`, ...more];
}
