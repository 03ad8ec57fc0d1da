import { oneLine } from "./printable.ts";
import type { Terminal } from "./terminal.ts";

type Style = Pick<Terminal, "chalk" | "symbols">;

/** One Vault node as it answers. */
export interface NodeSurvey {
  readonly name: string;
  readonly state: "active" | "standby" | "standalone" | "sealed" | "uninitialised" | "removed" | "unreachable";
  readonly version: string | undefined;
  readonly detail: string | undefined;
}

/** How one step of a cluster stands. */
export interface StepSurvey {
  readonly id: string;
  readonly title: string;
  readonly state: "ok" | "missing" | "differs" | "conflict" | "not ready" | "failed";
  readonly detail: string | undefined;
}

/** What `status` found out about one cluster, or about Vault alone. */
export interface ClusterStatus {
  readonly cluster: string | undefined;
  readonly context: string | undefined;
  readonly vault: string | undefined;
  readonly nodes: readonly NodeSurvey[];
  readonly steps: readonly StepSurvey[];
  readonly failure: { readonly code: string; readonly what: string; readonly fix: string | undefined } | undefined;
}

/** The status as people read it, for standard output: a line for each Vault node, a line for each step. */
export function statusText(clusters: readonly ClusterStatus[], { chalkOut, symbols }: Terminal): string {
  const terminal = { chalk: chalkOut, symbols };
  return `${clusters.map((status) => clusterLines(status, terminal).join("\n")).join("\n\n")}\n`;
}

function clusterLines({ cluster, context, vault, nodes, steps, failure }: ClusterStatus, terminal: Style): string[] {
  const { chalk, symbols } = terminal;
  const title =
    cluster === undefined
      ? []
      : [chalk.bold(`Cluster ${oneLine(cluster)}`) + (context === undefined ? "" : `, context ${oneLine(context)}`)];
  if (failure !== undefined) {
    const fix = failure.fix === undefined ? [] : [`    ${oneLine(failure.fix)}`];
    return [...title, `  ${chalk.red(symbols.failed)} ${oneLine(failure.what)} (${failure.code})`, ...fix];
  }
  const none = nodes.length === 0 ? [`  ${chalk.red(symbols.failed)} no Vault pods`] : [];
  return [
    ...title,
    `Vault: ${oneLine(vault ?? "")}`,
    ...none,
    ...columns(
      nodes.map((node) => ({
        mark: nodeMark(node, terminal),
        name: node.name,
        state: [node.state, node.version].filter(Boolean).join("  "),
        detail: node.detail,
      })),
    ),
    ...(steps.length === 0
      ? []
      : [
          "Steps:",
          ...columns(steps.map((step) => ({ mark: stepMark(step, terminal), name: step.id, state: step.state, detail: step.detail }))),
        ]),
  ];
}

interface Row {
  readonly mark: string;
  readonly name: string;
  readonly state: string;
  readonly detail: string | undefined;
}

function columns(rows: readonly Row[]): string[] {
  const width = Math.max(0, ...rows.map(({ name }) => oneLine(name).length));
  return rows.map(
    ({ mark, name, state, detail }) =>
      `  ${mark} ${oneLine(name).padEnd(width)}  ${oneLine(state)}${detail === undefined ? "" : `: ${oneLine(detail)}`}`,
  );
}

function nodeMark({ state }: NodeSurvey, { chalk, symbols }: Style): string {
  return state === "active" || state === "standby" || state === "standalone" ? chalk.green(symbols.done) : chalk.red(symbols.failed);
}

function stepMark({ state }: StepSurvey, { chalk, symbols }: Style): string {
  if (state === "ok") return chalk.green(symbols.done);
  return state === "failed" || state === "conflict"
    ? chalk.red(symbols.failed)
    : chalk.yellow(state === "not ready" ? symbols.waiting : symbols.planned);
}
