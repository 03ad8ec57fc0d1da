import { named, type Finding, type OwnLine } from "./check.ts";
import { CliError, NotYet, conflictKind, exitCodes, interruptedKind, type ExitCode } from "./errors.ts";
import { Consents, type AskConsent } from "./consent.ts";
import { EarlyChecks } from "./early-checks.ts";
import { planAll, shown, type Planned, type PlannedResource } from "./plan.ts";
import type { Change, Command, Diff, Resource, Say } from "./resource.ts";
import type { BoundStep, Notice } from "./step.ts";
import { runChecks } from "./run-checks.ts";

/** What happened to one resource, or would happen. */
export type ResourceResult = "created" | "updated" | "deleted" | PlannedResource["result"];

/** Everything that a renderer needs, in the order in which it happens. */
export type RunEvent =
  | { readonly type: "step"; readonly id: string; readonly title: string }
  | {
      readonly type: "resource";
      readonly step: string;
      readonly id: string;
      readonly result: ResourceResult;
      readonly changes: readonly Change[];
      readonly note?: string | undefined;
      readonly command?: Command | undefined;
    }
  | { readonly type: "check"; readonly step: string; readonly id: string; readonly title: string; readonly finding: Finding }
  | { readonly type: "progress"; readonly message: string };

export interface ConvergeOptions<R, W> {
  readonly steps: readonly BoundStep<R, W>[];
  readonly read: R;
  /** Asked where a check is made again, past what `read` may keep of the answers before. Left out: `read`. */
  readonly anew?: R | undefined;
  /** Left out for a run that changes nothing: plan, dry run, status. */
  readonly write?: W | undefined;
  readonly on: (event: RunEvent) => void;
  /** Whether it looks as if nothing had to be done: then the checks are begun beside the diffs. Left out: they wait for them. */
  readonly hopeful?: ((read: R) => Promise<boolean>) | undefined;
  /** Ask each resource that differs for the commands that do the same; one that has none is named in a comment. */
  readonly commands?: boolean | undefined;
  /** Asked of a conflict that may be set aside, before anything is written. Left out, or answered with no, it ends the run. */
  readonly consent?: AskConsent | undefined;
  /** Shown all that was found, before anything is written. May throw to stop the run. */
  readonly approve?: ((planned: readonly PlannedResource[]) => Promise<void>) | undefined;
  /** Called once before the first write, with all that was found. May throw to stop the run. */
  readonly beforeWrite?: ((planned: readonly Planned<R, W>[]) => Promise<void>) | undefined;
  /** Does the work of a run that is about to write, e.g. under a lock. Not asked where nothing differs. */
  readonly around?: ((work: () => Promise<void>, say: Say) => Promise<void>) | undefined;
  /**
   * Asked right before each write, after the diff that asks for it. True where a lock was taken just now: what was read before it may be old, and
   * is asked again. May throw to stop the run.
   */
  readonly lock?: ((step: string, resource: Resource<R, W>, say: Say) => Promise<boolean>) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How long a check that settles is asked again, in milliseconds. */
  readonly settleMs?: number | undefined;
  /** Left out: our own commands are named without flags. */
  readonly line?: OwnLine | undefined;
}

export interface Outcome {
  readonly changed: number;
  readonly pending: number;
  readonly findings: readonly Finding[];
  /** What a person should know of the settings, whatever was found. */
  readonly notices: readonly Notice[];
}

/**
 * The one function that runs every command. Asks all diffs at once, stops at a conflict before anything is written, then
 * applies in order. After the first write each later diff is asked again just before its turn, since it may rest on what was written.
 * @throws CliError for conflicts, for what a diff or an apply reports, and when `signal` aborts.
 */
export async function converge<R, W>(options: ConvergeOptions<R, W>): Promise<Outcome> {
  const early = new EarlyChecks(
    options.steps.flatMap(({ checks }) => checks),
    options.read,
  );
  try {
    beginIfHopeful(options, early);
    return await converged(options, early);
  } finally {
    await early.end();
  }
}

function beginIfHopeful<R, W>({ hopeful, steps, read }: ConvergeOptions<R, W>, early: EarlyChecks<R>): void {
  const [asks, checks] = [steps.some(({ resources }) => resources.length > 0), steps.some((step) => step.checks.length > 0)];
  if (hopeful === undefined || !asks || !checks) return;
  early.prepare();
  hopeful(read).then(
    (yes) => yes && early.begin(),
    () => undefined,
  );
}

async function converged<R, W>(options: ConvergeOptions<R, W>, early: EarlyChecks<R>): Promise<Outcome> {
  const consents = new Consents(options.write === undefined ? undefined : options.consent);
  const planned = await consents.ofAll(await planAll(options.steps, options.read));
  refuseConflicts(
    planned.map((item) => item.diff),
    0,
    options.line ?? named,
  );
  if (options.approve !== undefined) await options.approve(await Promise.all(planned.map((item) => shown(item, options.read))));
  const tally = { planned, consents, early, begun: false, changed: 0, pending: 0, findings: [] as Finding[] };
  const writes = options.write !== undefined && planned.some(differs);
  if (writes) await early.end();
  else if (!planned.some(differs)) early.begin();
  if (writes && options.around !== undefined) await options.around(() => turns(options, tally), saying(options));
  else await turns(options, tally);
  const { changed, pending, findings } = tally;
  const notices = [...options.steps.flatMap((step) => step.notices ?? []), ...(await noticesAfter(options))];
  return { changed, pending, findings, notices };
}

async function turns<R, W>(options: ConvergeOptions<R, W>, tally: Tally<R, W>): Promise<void> {
  for (const step of options.steps) {
    options.on({ type: "step", id: step.id, title: step.title });
    for (const item of tally.planned.filter((candidate) => candidate.step === step)) await turn(options, item, tally);
    if (tally.pending > 0 || (options.write === undefined && tally.changed > 0)) continue;
    await runChecks(step.checks, options, tally.early, (check, finding) => {
      tally.findings.push(finding);
      options.on({ type: "check", step: step.id, id: check.id, title: check.title, finding });
    });
  }
}

const differs = ({ diff }: { readonly diff: Diff | NotYet }): boolean => diff instanceof NotYet || diff.kind !== "same";

const saying =
  ({ on }: { readonly on: (event: RunEvent) => void }): Say =>
  (message) =>
    on({ type: "progress", message });

async function noticesAfter<R, W>({ steps, read, line = named }: ConvergeOptions<R, W>): Promise<Notice[]> {
  const found = await Promise.all(steps.map((step) => step.noticesAfter?.(read) ?? []));
  return found.flat().map(({ reason, fix }) => ({ reason, fix: typeof fix === "string" ? fix : fix(line) }));
}

/** Each is said once; what nobody marked can be taken over, which comes before another name for it. */
function refuseConflicts(diffs: readonly (Diff | NotYet)[], written: number, line: OwnLine): void {
  const conflicts = diffs.filter((diff) => !(diff instanceof NotYet)).filter((diff) => diff.kind === "conflict");
  if (conflicts.length === 0) return;
  const adopt = conflicts.some(({ adoptable }) => adoptable === true)
    ? [`Take over what is there, after a look at what that means: ${line("adopt")}`]
    : [];
  throw new CliError(conflictKind, {
    what: [...new Set(conflicts.map((item) => item.reason))].join("\n"),
    why: `It is not marked as made by vault-k8s, it cannot be changed in place, or others use it. ${written === 0 ? "Nothing was changed." : "What was written before it stays."}`,
    fix: [...new Set([...adopt, ...conflicts.map((item) => item.fix)])].join("\n"),
  });
}

interface Tally<R, W> {
  readonly planned: readonly Planned<R, W>[];
  readonly consents: Consents;
  readonly early: EarlyChecks<R>;
  readonly findings: Finding[];
  /** Whether something was written, or tried to be. */
  begun: boolean;
  changed: number;
  pending: number;
}

async function turn<R, W>(options: ConvergeOptions<R, W>, item: Planned<R, W>, tally: Tally<R, W>): Promise<void> {
  const { resource, step } = item;
  if (options.signal?.aborted)
    throw new CliError(interruptedKind, {
      what: "Interrupted before " + resource.id,
      fix: "Run the same command again: it goes on where it stopped.",
    });
  if (options.write === undefined) return report(options, item, tally);
  const first = !tally.begun && !(item.diff instanceof NotYet) ? item.diff : await diffNow(options, item, tally);
  refuseConflicts([first], tally.changed, options.line ?? named);
  const diff = isNothing(first) ? first : await beforeWrite(options, item, first, tally);
  const event = { type: "resource", step: step.id, id: resource.id } as const;
  if (isNothing(diff))
    return options.on({ ...event, result: "unchanged", changes: [], note: diff.kind === "same" ? diff.note : undefined });
  const command = await commandOf(options, resource);
  const leftAlone = await resource.apply(options.write, saying(options));
  if (leftAlone !== undefined) return options.on({ ...event, result: "unchanged", changes: [], note: leftAlone.note });
  tally.changed += 1;
  options.on({ ...event, result: done[diff.kind], changes: diff.changes, note: diff.note, command });
}

type Nothing = Extract<Diff, { readonly kind: "same" | "conflict" }>;
const isNothing = (diff: Diff): diff is Nothing => diff.kind === "same" || diff.kind === "conflict";

const diffNow = async <R, W>({ read }: ConvergeOptions<R, W>, { resource }: Planned<R, W>, { consents }: Tally<R, W>): Promise<Diff> =>
  consents.of(await resource.diff(read));

/** What is to be written, after all that comes before a write: under a new lock it may be something else, or nothing. */
async function beforeWrite<R, W>(options: ConvergeOptions<R, W>, item: Planned<R, W>, found: Diff, tally: Tally<R, W>): Promise<Diff> {
  if (!tally.begun) await options.beforeWrite?.(tally.planned);
  tally.begun = true;
  if ((await options.lock?.(item.step.id, item.resource, saying(options))) !== true) return found;
  const diff = await diffNow(options, item, tally);
  refuseConflicts([diff], tally.changed, options.line ?? named);
  return diff;
}

const done = { create: "created", update: "updated", delete: "deleted" } as const;

/** One resource of a run that writes nothing. */
async function report<R, W>(options: ConvergeOptions<R, W>, item: Planned<R, W>, tally: Tally<R, W>): Promise<void> {
  const planned = await shown(item, options.read);
  if (planned.result === "pending") tally.pending += 1;
  else if (planned.result !== "unchanged") tally.changed += 1;
  options.on({
    type: "resource",
    ...planned,
    command: planned.result === "unchanged" ? undefined : await commandOf(options, item.resource),
  });
}

async function commandOf<R, W>({ commands, read }: ConvergeOptions<R, W>, resource: Resource<R, W>): Promise<Command | undefined> {
  if (commands !== true) return undefined;
  return resource.command === undefined ? notCovered(resource.id) : await resource.command(read);
}

/** A script must not look whole where something is missing in it. */
const notCovered = (id: string): Command => ({ lines: `# Not in this script: ${id}. Only vault-k8s does that.` });

/** The exit code that a run's findings ask for: a failed check is 1; only missing input is 2 where the command says so. */
export function exitFor(findings: readonly Finding[], missingIs: ExitCode): ExitCode {
  if (findings.some((finding) => finding.kind === "fail")) return exitCodes.failed;
  return findings.some((finding) => finding.kind === "missing") ? missingIs : exitCodes.done;
}
