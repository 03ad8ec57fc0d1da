import type { Finding } from "../../core/check.ts";
import type { ResourceResult } from "../../core/converge.ts";
import { changeLines } from "./changes.ts";
import { overwritable } from "./overwritable.ts";
import { oneLine, printable } from "../../systems/printable.ts";
import type { ClusterEvent, RunOutcome, Target } from "../../run/observer.ts";
import type { Renderer } from "./renderer.ts";
import type { Script } from "../../run/script/script.ts";
import type { Terminal } from "./terminal.ts";

export interface TextOptions {
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Nothing is written: the plan itself is what was asked for. */
  readonly dryRun: boolean;
  /** Where the commands are asked for too. */
  readonly script?: Script | undefined;
}

type OfType<T extends ClusterEvent["type"]> = Extract<ClusterEvent, { readonly type: T }>;
type ResourceEvent = OfType<"resource">;
type CheckEvent = OfType<"check">;

const words: Readonly<Record<ResourceResult, string>> = {
  unchanged: "unchanged",
  created: "created",
  updated: "updated",
  deleted: "deleted",
  "would-create": "would be created",
  "would-update": "would be updated",
  "would-delete": "would be deleted",
  pending: "known later",
};

/**
 * Writes a run for people: progress on standard error, commands and next lines on standard output. A plan is data and goes to standard
 * output too, unless the script does.
 */
export function textRenderer(given: Terminal, options: TextOptions): Renderer {
  const terminal =
    options.dryRun && options.script === undefined ? { ...given, err: given.out, chalk: given.chalkOut, overwrites: false } : given;
  const write = overwritable(terminal);
  let heading: string | undefined;
  const counts: Record<ResourceResult, number> = {
    unchanged: 0,
    created: 0,
    updated: 0,
    deleted: 0,
    "would-create": 0,
    "would-update": 0,
    "would-delete": 0,
    pending: 0,
  };
  let said = "";
  const say = (line: string, how: (line: string) => void = write.line): void => {
    if (options.quiet) return;
    if (heading !== undefined) write.line(terminal.chalk.bold(heading));
    heading = undefined;
    how(line);
  };
  const on: { readonly [T in ClusterEvent["type"]]: (event: OfType<T>) => void } = {
    target: (target) => void (options.quiet || targetLines(target).forEach(write.line)),
    request: () => undefined,
    notice: () => undefined,
    step: ({ title }) => void (heading = oneLine(title)),
    progress: ({ message }) => say(`  ${terminal.symbols.waiting} ${oneLine(message)}`, write.passing),
    check: (event) => say(checkLine(event, terminal)),
    resource: (event) => {
      counts[event.result] += 1;
      // What all the later steps wait for is said once.
      const note = event.result === "pending" && event.note === said ? undefined : event.note;
      if (event.result === "pending") said = event.note ?? "";
      for (const line of resourceLines({ ...event, note }, terminal, options)) say(line);
      if (event.command !== undefined && options.script !== undefined) terminal.out(options.script.add(event.command));
    },
    end: (outcome) => {
      write.clear();
      for (const line of endLines(outcome, counts, terminal)) if (!options.quiet) write.line(line);
      for (const line of outcome.next) terminal.out(`${printable(line)}\n`);
    },
  };
  return { makeWay: write.clear, event: (event) => on[event.type](event as never) };
}

const targetLines = ({ cluster, context, server, vault, from }: Target): string[] => [
  `Cluster  ${oneLine(cluster)}, context ${oneLine(context)}, API server ${oneLine(server)}`,
  `Vault    ${oneLine(vault)}`,
  ...(from === undefined ? [] : [`From     ${oneLine(from)}`]),
  "",
];

function resourceLines(event: ResourceEvent, terminal: Terminal, options: TextOptions): string[] {
  const { chalk } = terminal;
  const note = event.note === undefined ? "" : chalk.dim(` (${oneLine(event.note)})`);
  const dim = event.result === "unchanged" || event.result === "pending";
  const line = `${resultSymbol(event.result, terminal)} ${oneLine(event.id)} ${words[event.result]}`;
  const detailed = options.verbose || options.dryRun || event.result === "updated";
  return [`  ${dim ? chalk.dim(line) : line}${note}`, ...(detailed ? changeLines(event.changes, terminal, options.verbose) : [])];
}

function resultSymbol(result: ResourceResult, { symbols, chalk }: Terminal): string {
  if (result === "created" || result === "updated" || result === "deleted") return chalk.green(symbols.done);
  if (result === "unchanged") return symbols.unchanged;
  return result === "pending"
    ? symbols.waiting
    : chalk.yellow(result === "would-update" ? "~" : result === "would-delete" ? "-" : symbols.planned);
}

// Why a check did not pass, and what to do, stands at the end, where it is not scrolled away.
function checkLine({ title, finding }: CheckEvent, { symbols, chalk }: Terminal): string {
  const marks: Readonly<Record<Finding["kind"], string>> = {
    pass: chalk.green(symbols.done),
    unproven: symbols.waiting,
    missing: chalk.yellow(symbols.notice),
    fail: chalk.red(symbols.failed),
  };
  return `  ${marks[finding.kind]} ${oneLine(title)}${resultOf(finding, chalk)}`;
}

function resultOf(finding: Finding, chalk: Terminal["chalk"]): string {
  if (finding.kind === "missing") return ": not yet";
  if (finding.kind === "unproven") return `: ${oneLine(finding.reason)}`;
  if (finding.kind === "fail") return ": no";
  return finding.detail === undefined ? "" : chalk.dim(` (${oneLine(finding.detail)})`);
}

function endLines(outcome: RunOutcome, counts: Counts, { chalk, symbols }: Terminal): string[] {
  const notices = outcome.notices.flatMap(({ reason, fix }) => [
    "",
    `${chalk.yellow(symbols.notice)} ${printable(reason)}`,
    ...printable(fix)
      .split("\n")
      .map((line) => `  ${line}`),
  ]);
  const counted = Object.values(counts).some((count) => count > 0) ? ["", tally(outcome, counts)] : [];
  return [...counted, ...notices, ...(outcome.next.length > 0 ? ["", "Type next:"] : [])];
}

type Counts = Readonly<Record<ResourceResult, number>>;

function tally({ changed, dryRun }: Pick<RunOutcome, "changed" | "dryRun">, counts: Counts): string {
  const rest = `${counts.unchanged} unchanged`;
  if (dryRun)
    return `Plan: ${counts["would-create"]} to create, ${counts["would-update"]} to update,${counts["would-delete"] > 0 ? ` ${counts["would-delete"]} to delete,` : ""} ${counts.pending} known later, ${rest}. Nothing was changed.`;
  return changed === 0 ? `Nothing to do: ${rest}.` : `Done: ${changed} changed, ${rest}.`;
}
