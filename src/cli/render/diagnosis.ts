import type { Diagnosis } from "../../consumers/diagnosis/cause.ts";
import type { Findings } from "../../doctor/examine.ts";
import type { ExitCode } from "../../core/errors.ts";
import type { DiagnosisDocument } from "../../doctor/schema.ts";
import { document } from "../../systems/document.ts";
import { oneLine, printable } from "../../systems/printable.ts";
import type { Terminal } from "./terminal.ts";
import { wrap } from "./wrap.ts";
import { calledAs } from "../called-as.ts";

/** A diagnosis with what it is about. */
export interface Shown {
  readonly cluster: string;
  readonly context: string;
  readonly vault: string;
  readonly findings: Findings;
  /** Codes of the causes that --fix mended. */
  readonly mended: readonly string[];
  readonly exitCode: ExitCode;
}

/** Causes first, each with what was seen and the command that mends it; where there is none, what was looked at. */
export function diagnosisText({ cluster, context, vault, findings, mended }: Shown, terminal: Terminal, verbose: boolean): string {
  const { chalk, symbols } = terminal;
  const done = mended.map((code) => `${chalk.green(symbols.done)} ${code} mended`);
  const looked = findings.causes.length === 0 || verbose ? evidenceLines(findings, terminal) : [];
  return [
    `Cluster ${oneLine(cluster)}, context ${oneLine(context)}, Vault at ${oneLine(vault)}`,
    ...done,
    ...findings.causes.flatMap((cause) => causeLines(cause, terminal)),
    ...verdict(findings, terminal),
    ...looked,
    "",
  ].join("\n");
}

function causeLines({ code, title, sure, evidence, mend }: Diagnosis, { chalk, symbols, columns }: Terminal): string[] {
  const mark = sure === "certain" ? chalk.red(symbols.failed) : chalk.yellow(symbols.notice);
  return [
    "",
    `${mark} ${code} ${sure}: ${chalk.bold(oneLine(title))}`,
    ...evidence.map((line) => wrap(oneLine(line), "    ", columns)),
    "  To mend it:",
    ...printable(mend.command)
      .split("\n")
      .map((line) => `    ${chalk.cyan(line)}`),
    ...(mend.note === undefined ? [] : [wrap(oneLine(mend.note), "    ", columns)]),
    chalk.dim(`  More: ${calledAs()} explain ${code}`),
  ];
}

function verdict({ causes, symptoms, said }: Findings, { chalk, symbols }: Terminal): string[] {
  if (causes.length > 0) return [];
  if (symptoms.length === 0) return ["", `${chalk.green(symbols.done)} Nothing is wrong that could be seen: no cause found.`];
  if (said !== undefined)
    return ["", `${chalk.yellow(symbols.notice)} ${chalk.bold("No cause found")}; the operator says: ${oneLine(said)}`];
  return ["", `${chalk.yellow(symbols.notice)} ${chalk.bold("No cause found")} for what does not work:`];
}

function evidenceLines({ symptoms, seen, unseen }: Findings, { chalk, columns }: Terminal): string[] {
  const part = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [chalk.bold(`  ${title}`), ...lines.map((line) => wrap(oneLine(line), "    ", columns))];
  return [...part("What does not work", symptoms), ...part("What was seen", seen), ...part("What could not be asked", unseen)];
}

/** The same as a document of kind Diagnosis. */
export function diagnosisJson({ findings: { causes, symptoms, seen, unseen }, ...shown }: Shown): string {
  const plain = {
    ...shown,
    causes: causes.map(causeJson),
    symptoms: symptoms.map(oneLine),
    seen: seen.map(oneLine),
    unseen: unseen.map(oneLine),
    mended: [...shown.mended],
  } satisfies Omit<DiagnosisDocument, "apiVersion" | "kind">;
  return document("Diagnosis", plain);
}

const causeJson = ({ code, title, sure, evidence, mend }: Diagnosis): DiagnosisDocument["causes"][number] => ({
  code,
  title,
  sure,
  evidence: evidence.map(oneLine),
  mend: {
    command: mend.command,
    ...(mend.note !== undefined && { note: mend.note }),
    byFix: mend.steps !== undefined || mend.resources !== undefined,
  },
});
