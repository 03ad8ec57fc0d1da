import type { Check, Finding } from "./check.ts";
import { CliError, NotYet, conflictKind, exitCodes, interruptedKind, type ExitCode } from "./errors.ts";
import type { Change, Diff, Resource } from "./resource.ts";
import type { BoundStep } from "./step.ts";
import { untilSettled } from "./settle.ts";

/** What happened to one resource. `pending`: known only after an earlier step has run. */
export type ResourceResult = "unchanged" | "created" | "updated" | "would-create" | "would-update" | "pending";

/** Everything that a renderer needs, in the order in which it happens. */
export type RunEvent =
  | { readonly type: "step"; readonly id: string; readonly title: string }
  | { readonly type: "resource"; readonly step: string; readonly id: string; readonly result: ResourceResult; readonly changes: readonly Change[]; readonly note?: string | undefined; readonly command: string }
  | { readonly type: "check"; readonly step: string; readonly id: string; readonly title: string; readonly finding: Finding }
  | { readonly type: "progress"; readonly message: string };

export interface ConvergeOptions<R, W> {
  readonly steps: readonly BoundStep<R, W>[];
  readonly read: R;
  /** Left out for a run that changes nothing: plan, dry run, status. */
  readonly write?: W | undefined;
  readonly on: (event: RunEvent) => void;
  /** Called once before the first write. May throw to stop the run. */
  readonly beforeWrite?: (() => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How long a check that settles is asked again, in milliseconds. */
  readonly settleMs?: number | undefined;
}

export interface Outcome {
  readonly changed: number;
  readonly pending: number;
  readonly findings: readonly Finding[];
}

interface Planned<R, W> {
  readonly step: BoundStep<R, W>;
  readonly resource: Resource<R, W>;
  readonly diff: Diff | NotYet;
}

/**
 * The one function that runs every command. Asks all diffs at once, stops at a conflict before anything is written, then
 * applies in order. After the first write each later diff is asked again just before its turn, since it may rest on what was written.
 * @throws CliError for conflicts, for what a diff or an apply reports, and when `signal` aborts.
 */
export async function converge<R, W>(options: ConvergeOptions<R, W>): Promise<Outcome> {
  const planned = await planAll(options);
  refuseConflicts(planned.map((item) => item.diff), 0);
  const tally = { changed: 0, pending: 0, findings: [] as Finding[] };
  for (const step of options.steps) {
    options.on({ type: "step", id: step.id, title: step.title });
    for (const item of planned.filter((candidate) => candidate.step === step)) await turn(options, item, tally);
    if (tally.pending === 0 && (options.write !== undefined || tally.changed === 0)) await runChecks(options, step, tally.findings);
  }
  return tally;
}

async function planAll<R, W>({ steps, read }: ConvergeOptions<R, W>): Promise<Planned<R, W>[]> {
  const pairs = steps.flatMap((step) => step.resources.map((resource) => ({ step, resource })));
  const diffs = await inOrder(pairs.map(({ resource }) => diffOrNotYet(resource, read)));
  let workBefore = false;
  return pairs.map((pair, index) => {
    const diff = diffs[index]!;
    if (diff instanceof NotYet && !workBefore) throw diff;
    workBefore ||= diff instanceof NotYet || diff.kind !== "same";
    return { ...pair, diff };
  });
}

/** All at once; of several failures the first in order is thrown, so that a run says the same each time. */
async function inOrder<T>(questions: readonly Promise<T>[]): Promise<T[]> {
  const answers = await Promise.allSettled(questions);
  const failed = answers.find((answer) => answer.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
}

async function diffOrNotYet<R, W>(resource: Resource<R, W>, read: R): Promise<Diff | NotYet> {
  try {
    return await resource.diff(read);
  } catch (error) {
    if (error instanceof NotYet) return error;
    throw error;
  }
}

function refuseConflicts(diffs: readonly (Diff | NotYet)[], written: number): void {
  const conflicts = diffs.filter((diff) => !(diff instanceof NotYet)).filter((diff) => diff.kind === "conflict");
  if (conflicts.length === 0) return;
  throw new CliError(conflictKind, {
    what: conflicts.map((item) => item.reason).join("\n"),
    why: `It is not marked as made by vault-k8s, or it cannot be changed in place. ${written === 0 ? "Nothing was changed." : "What was written before it stays."}`,
    fix: [...new Set(conflicts.map((item) => item.fix))].join("\n"),
  });
}

async function turn<R, W>(options: ConvergeOptions<R, W>, item: Planned<R, W>, tally: { changed: number; pending: number }): Promise<void> {
  const { resource, step } = item;
  if (options.signal?.aborted) throw new CliError(interruptedKind, { what: "Interrupted before " + resource.id, fix: "Run the same command again: it goes on where it stopped." });
  const event = { type: "resource", step: step.id, id: resource.id, command: resource.command() } as const;
  if (options.write === undefined) {
    const { diff } = item;
    if (diff instanceof NotYet) tally.pending += 1;
    else if (diff.kind !== "same") tally.changed += 1;
    return options.on({ ...event, ...planned(diff) });
  }
  const diff = tally.changed === 0 && !(item.diff instanceof NotYet) ? item.diff : await resource.diff(options.read);
  refuseConflicts([diff], tally.changed);
  if (diff.kind === "same" || diff.kind === "conflict") return options.on({ ...event, result: "unchanged", changes: [], note: diff.kind === "same" ? diff.note : undefined });
  if (tally.changed === 0) await options.beforeWrite?.();
  await resource.apply(options.write, (message) => options.on({ type: "progress", message }));
  tally.changed += 1;
  options.on({ ...event, result: diff.kind === "create" ? "created" : "updated", changes: diff.changes });
}

function planned(diff: Diff | NotYet): { result: ResourceResult; changes: readonly Change[]; note?: string | undefined } {
  if (diff instanceof NotYet) return { result: "pending", changes: [], note: diff.message };
  if (diff.kind === "create") return { result: "would-create", changes: diff.changes };
  if (diff.kind === "update") return { result: "would-update", changes: diff.changes };
  return { result: "unchanged", changes: [], note: diff.kind === "same" ? diff.note : undefined };
}

async function runChecks<R, W>({ read, on, settleMs, signal }: ConvergeOptions<R, W>, step: BoundStep<R, W>, findings: Finding[]): Promise<void> {
  for (const check of step.checks) {
    const finding = await runOne(check, read, settleMs ?? 0, signal);
    findings.push(finding);
    on({ type: "check", step: step.id, id: check.id, title: check.title, finding });
  }
}

function runOne<R>(check: Check<R>, read: R, settleMs: number, signal: AbortSignal | undefined): Promise<Finding> {
  return check.settles ? untilSettled(() => check.run(read), settled, { withinMs: settleMs, signal }) : check.run(read);
}

const settled = (finding: Finding): boolean => finding.kind !== "fail" || finding.final === true;

/** The exit code that a run's findings ask for: a failed check is 1; only missing input is 2 where the command says so. */
export function exitFor(findings: readonly Finding[], missingIs: ExitCode): ExitCode {
  if (findings.some((finding) => finding.kind === "fail")) return exitCodes.failed;
  return findings.some((finding) => finding.kind === "missing") ? missingIs : exitCodes.done;
}
