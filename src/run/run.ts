import type { Spec } from "../config/spec.ts";
import { exitFor, type Outcome } from "../core/converge.ts";
import { failure, kinds } from "../errors.ts";
import { withPreflight } from "./before-write.ts";
import { lackingNotices } from "./lacking.ts";
import type { Observer, RunOutcome } from "./observer.ts";
import { refuseFailures } from "./refuse-failures.ts";
import { runSteps } from "./run-steps.ts";
import { looksWired } from "../wiring/reviewer/token.ts";
import { checkValuesFiles } from "./values-files.ts";
import { wiringLock, type WiringLock } from "./wiring-lock.ts";
import type { Work } from "./work.ts";
import { openWorld, type OpenOptions, type World } from "./world/open.ts";

/** How a run reaches its systems: the environment, the folder, people who hold keys, and the signal that ends it. */
export type Systems = Omit<OpenOptions, "onRequest" | "notice">;

interface Running {
  readonly cluster: string;
  readonly spec: Spec;
  readonly world: World;
  readonly observer: Observer;
  readonly work: Work;
  readonly signal: AbortSignal | undefined;
  /** Ends the look that the run begins as. */
  readonly over: () => void;
}

/**
 * One run over one cluster. It has no terminal and keeps nothing: what there is to say goes to the observer, what there is to decide is asked
 * of `work`. Many may run in one process at the same time.
 * @throws CliError for what ends a run before its end; the systems are closed then too
 */
export async function run(spec: Spec, systems: Systems, observer: Observer, work: Work): Promise<RunOutcome> {
  const cluster = named(spec);
  await checkValuesFiles(work.steps, spec, systems.cwd ?? process.cwd());
  const world = await openWorld(spec, {
    ...systems,
    onRequest: (method, target) => observer({ type: "request", cluster, method, target }),
    notice: (message) => observer({ type: "notice", cluster, message }),
  });
  try {
    await work.opened?.(world);
    return await world.look((_, over) => runIn({ cluster, spec, world, observer, work, signal: systems.signal, over }));
  } finally {
    await world.close();
  }
}

function named({ cluster }: Spec): string {
  if (cluster !== undefined) return cluster;
  throw failure(kinds.usage, { what: "No cluster was named", fix: "Add --cluster NAME." });
}

/** All of it is one look where nothing is written: what is said at the end rests on the same answers. */
async function runIn(running: Running): Promise<RunOutcome> {
  const { cluster, observer, over, spec, work, world } = running;
  const { from, commandLines } = work;
  const target = { cluster, context: world.kube.context, server: world.kube.server, vault: world.vault.describe() };
  observer({ type: "target", ...target, ...(from !== undefined && { from }) });
  const found = await converged(running);
  // Why something failed is looked for among facts of now.
  if (found.findings.some(({ kind }) => kind === "fail")) over();
  await refuseFailures({ spec, world, commandLines, say: (message) => observer({ type: "progress", cluster, message }) }, found.findings);
  const outcome = await outcomeOf(running, found);
  await work.done?.(outcome, world);
  observer({ type: "end", ...outcome });
  return outcome;
}

async function converged(running: Running): Promise<Outcome> {
  const lock = wiringLock(running.spec, running.world);
  try {
    return await convergedUnder(lock, running);
  } finally {
    await lock.letGo();
  }
}

function convergedUnder(lock: WiringLock, { cluster, observer, over, signal, spec, work, world }: Running): Promise<Outcome> {
  const { ahead, approve, around, confirm, consent, commandLines, steps } = work;
  return withPreflight(spec, world, work, (beforeWrite) =>
    runSteps({
      cluster,
      world,
      observer,
      steps,
      writes: !spec.run.dryRun,
      commands: spec.run.printCommands,
      ...(approve !== undefined && { approve: (planned) => approve(planned, world) }),
      consent,
      signal,
      ...(around !== undefined && { around: (turns, say) => around(turns, world, say) }),
      lock: lock.before,
      line: commandLines.own,
      settleMs: spec.run.timeoutMs,
      hopeful: async (read) => {
        const yes = await looksWired(read, spec.wiring.reviewer);
        if (yes && !spec.run.dryRun) ahead?.(read).catch(() => undefined);
        return yes;
      },
      beforeWrite: async (planned) => {
        await beforeWrite(planned);
        await confirm?.(world);
        over();
      },
    }),
  );
}

async function outcomeOf({ cluster, spec, work, world }: Running, found: Outcome): Promise<RunOutcome> {
  const { dryRun } = spec.run;
  const next = dryRun ? [] : ((await work.next?.(world)) ?? []);
  const exitCode = work.exit?.(found) ?? exitFor(found.findings, work.missingIs);
  const notices = [...found.notices, ...(await lackingNotices(spec, world, found.findings))];
  return { ...found, cluster, exitCode, dryRun, notices, next };
}
