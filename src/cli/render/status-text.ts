import stringWidth from "fast-string-width";
import { oneLine } from "../../systems/printable.ts";
import type { ClusterStatus } from "../../run/status/schema.ts";
import type { Mark, Row, Section } from "./status-row.ts";
import { sectionsOf } from "./status-rows.ts";
import type { Terminal } from "./terminal.ts";

interface Style extends Pick<Terminal, "chalkOut" | "symbols"> {
  readonly wide: boolean;
}

/** The status as people read it, for standard output: a section for each part, a line for each thing. */
export const statusText = (clusters: readonly ClusterStatus[], style: Style): string =>
  `${clusters.map((status) => clusterLines(status, style).join("\n")).join("\n\n")}\n`;

function clusterLines(status: ClusterStatus, style: Style): string[] {
  return [
    ...title(status, style),
    ...failureLines(status, style),
    ...sectionsOf(status, style.wide).flatMap((section) => sectionLines(section, style)),
  ];
}

function title({ cluster, context, server }: ClusterStatus, { chalkOut: chalk, wide }: Style): string[] {
  if (cluster === undefined) return [];
  const where = [
    ...(context === undefined ? [] : [`context ${oneLine(context)}`]),
    ...(server === undefined || !wide ? [] : [`API server ${oneLine(server)}`]),
  ];
  return [[chalk.bold(`Cluster ${oneLine(cluster)}`), ...where].join(", ")];
}

function failureLines({ failure }: ClusterStatus, { chalkOut: chalk, symbols }: Style): string[] {
  if (failure === undefined) return [];
  const why = failure.why === undefined ? [] : [`    ${oneLine(failure.why)}`];
  const fix = failure.fix === undefined ? [] : [`    ${oneLine(failure.fix)}`];
  return [`  ${chalk.red(symbols.failed)} ${oneLine(failure.what)} (${failure.code})`, ...why, ...fix];
}

function sectionLines({ title: name, about, rows }: Section, style: Style): string[] {
  const { chalkOut: chalk } = style;
  return [about === "" ? chalk.bold(`${name}:`) : `${chalk.bold(`${name}:`)} ${oneLine(about)}`, ...columns(rows, style)];
}

function columns(rows: readonly Row[], style: Style): string[] {
  const width = Math.max(0, ...rows.map(({ name }) => stringWidth(oneLine(name))));
  const cellsOf = (row: Row): string[] => (style.wide ? [...row.cells, ...row.wide] : row.cells).map(oneLine);
  const lines = aligned(rows.filter((row) => row.single !== true).map(cellsOf));
  return rows.map((row) => {
    const shown = oneLine(row.name);
    const said = row.single === true ? cellsOf(row).filter(Boolean).join("  ") : (lines.shift() ?? "");
    return `  ${marked(row.mark, style)} ${shown}${" ".repeat(width - stringWidth(shown))}  ${said}`.trimEnd();
  });
}

/** The cells of all rows below each other; empty columns leave no gap. */
function aligned(table: readonly (readonly string[])[]): string[] {
  const count = Math.max(0, ...table.map((cells) => cells.length));
  const widths = Array.from({ length: count }, (_, column) => Math.max(0, ...table.map((cells) => stringWidth(cells[column] ?? ""))));
  return table.map((cells) =>
    widths
      .flatMap((width, column) => (width === 0 ? [] : [(cells[column] ?? "") + " ".repeat(width - stringWidth(cells[column] ?? ""))]))
      .join("  ")
      .trimEnd(),
  );
}

function marked(mark: Mark, { chalkOut: chalk, symbols }: Style): string {
  if (mark === "ok") return chalk.green(symbols.done);
  if (mark === "wrong") return chalk.red(symbols.failed);
  return chalk.yellow(mark === "waiting" ? symbols.waiting : symbols.planned);
}
