import type { ChalkInstance } from "chalk";
import { oneLine } from "../../../systems/printable.ts";
import type { Cause, FleetEnd } from "../../../fleet/report/schema.ts";
import type { Terminal } from "../terminal.ts";
import { wrap } from "../wrap.ts";

interface Style extends Pick<Terminal, "symbols" | "columns"> {
  readonly chalk: ChalkInstance;
}

/** The end of a fleet: how many had which result, and a table of the failures by their cause. */
export function endLines({ counts, causes, notices, seconds }: FleetEnd, style: Style): string[] {
  const { chalk, symbols } = style;
  return [
    ...(causes.length === 0 ? [] : ["", chalk.bold("Failures by cause"), ...causes.flatMap((cause) => causeLines(cause, style))]),
    ...notices.flatMap((words) => ["", `${chalk.yellow(symbols.notice)} ${oneLine(words)}`]),
    "",
    `${counted(counts)}, in ${seconds < 90 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`}.`,
  ];
}

/** Clusters of a cause that are named; -o json has them all. */
const named = 5;

function causeLines({ count, code, what, why, fix, clusters }: Cause, { chalk, columns }: Style): string[] {
  const more = clusters.length > named ? ` and ${clusters.length - named} more` : "";
  const rest = [why, fix].flatMap((text) => (text === undefined ? [] : text.split("\n")));
  return [
    `  ${chalk.red(String(count).padStart(5))}  ${chalk.bold(code)}  ${oneLine(what)}`,
    ...rest.map((line) => wrap(oneLine(line), "         ", columns)),
    wrap(chalk.dim(`${clusters.slice(0, named).map(oneLine).join(", ")}${more}`), "         ", columns),
  ];
}

const words: Readonly<Record<keyof FleetEnd["counts"], string>> = {
  clusters: "clusters",
  changed: "changed",
  unchanged: "unchanged",
  wouldChange: "would change",
  well: "well",
  notWell: "not well",
  failed: "failed",
  skipped: "not begun",
};

function counted(counts: FleetEnd["counts"]): string {
  const parts = (Object.keys(words) as (keyof FleetEnd["counts"])[])
    .filter((name) => name !== "clusters" && counts[name] > 0)
    .map((name) => `${counts[name]} ${words[name]}`);
  return `${counts.clusters} clusters: ${parts.length === 0 ? "nothing to do" : parts.join(", ")}`;
}
