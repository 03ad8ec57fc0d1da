import { oneLine } from "../../../systems/printable.ts";
import type { ClusterRecord, FleetEnd } from "../../../fleet/report/schema.ts";
import { withoutNames } from "../../../fleet/report/causes.ts";
import { overwritable } from "../overwritable.ts";
import type { Terminal } from "../terminal.ts";
import { endLines } from "./end.ts";
import { progressLine } from "./progress.ts";
import type { FleetShown } from "./shown.ts";

export interface FleetTextOptions {
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** What was found is what was asked for: the end goes to standard output. */
  readonly isData: boolean;
}

/** Up to so many clusters each has a line of its own. */
const eachBelow = 25;

/**
 * A fleet for people: progress and failures on standard error, where a cause is told once; the end where it belongs. What is data goes to standard
 * output: then a cluster that is as it should be has no line among many.
 */
export function fleetText(terminal: Terminal, { quiet, verbose, isData }: FleetTextOptions): FleetShown {
  const write = overwritable(terminal);
  const told = new Set<string>();
  const progress = progressLine(terminal.overwrites);
  let each = verbose;
  const line = (text: string): void => (quiet ? undefined : write.line(text));
  const passing = (text: string | undefined): void => {
    if (!quiet && text !== undefined) write.passing(text);
  };
  const data = (record: ClusterRecord): void => {
    if (!each && isFine(record)) return;
    write.clear();
    terminal.out(`${clusterLine(record, { ...terminal, chalk: terminal.chalkOut })}\n`);
  };
  const progressOf = (record: ClusterRecord): void => {
    const said = each ? clusterLine(record, terminal) : newCause(record, terminal, told);
    if (said !== undefined) line(said);
  };
  return {
    makeWay: write.clear,
    begin: ({ command, fleet, clusters, vault }) => {
      each ||= clusters <= eachBelow;
      progress.begin(clusters);
      line(`${command}${fleet === undefined ? "" : ` of ${oneLine(fleet)}`}: ${clusters} clusters, Vault ${oneLine(vault)}`);
    },
    begun: () => passing(progress.begun()),
    notice: (words) => line(`${terminal.chalk.yellow(terminal.symbols.notice)} ${oneLine(words)}`),
    ended: (record) => {
      if (isData && record.failure === undefined) data(record);
      else progressOf(record);
      passing(progress.ended(record));
    },
    end: (fleet) => {
      write.clear();
      const chalk = isData ? terminal.chalkOut : terminal.chalk;
      const text = endLines(fleet, { ...terminal, chalk }).join("\n");
      if (isData) terminal.out(`${text}\n`);
      else if (!quiet || isBad(fleet)) terminal.err(`${text}\n`);
    },
  };
}

const fine = new Set<ClusterRecord["result"]>(["well", "unchanged", "changed"]);
const isFine = ({ result }: ClusterRecord): boolean => fine.has(result);
const isBad = ({ exitCode }: FleetEnd): boolean => exitCode !== 0;

function clusterLine(record: ClusterRecord, { symbols, chalk }: Terminal): string {
  const { cluster, result, seconds, resources, note, failure } = record;
  const marks = {
    changed: chalk.green(symbols.done),
    well: chalk.green(symbols.done),
    unchanged: symbols.unchanged,
    "would-change": chalk.yellow(symbols.planned),
    "not-well": chalk.yellow(symbols.notice),
    failed: chalk.red(symbols.failed),
    skipped: symbols.waiting,
  };
  const count = resources.length === 0 ? "" : ` ${resources.length}`;
  const words = failure === undefined ? note : `${failure.what} (${failure.code})`;
  const said = words === undefined ? "" : `: ${oneLine(words)}`;
  return `${marks[result]} ${oneLine(cluster)} ${inWords[result]}${count}${said}${chalk.dim(` ${seconds.toFixed(1)} s`)}`;
}

const inWords: Readonly<Record<ClusterRecord["result"], string>> = {
  changed: "changed",
  well: "well",
  unchanged: "unchanged",
  "would-change": "would change",
  "not-well": "not well",
  failed: "failed",
  skipped: "not begun",
};

/** The first failure of each cause: the others stand in the table at the end. */
function newCause(record: ClusterRecord, { symbols, chalk }: Terminal, told: Set<string>): string | undefined {
  if (record.failure === undefined) return undefined;
  const { code, what } = withoutNames(record.failure, record);
  const key = `${code} ${what.replaceAll(/\d+/g, "#")}`;
  if (told.has(key)) return undefined;
  told.add(key);
  return `${chalk.red(symbols.failed)} ${oneLine(record.cluster)}: ${oneLine(record.failure.what)} (${code})`;
}
