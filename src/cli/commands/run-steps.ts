import type { KeyHolders, Readers, Writers } from "../../systems/world.ts";
import type { World } from "../../run/world/open.ts";
import type { Spec } from "../../config/spec.ts";
import type { Hands } from "../../consumers/diagnosis/cause.ts";
import { decidedByFile } from "../../config/steering.ts";
import { converge, exitFor, type Outcome } from "../../core/converge.ts";
import type { Finding } from "../../core/check.ts";
import { NotYet, type ExitCode } from "../../core/errors.ts";
import type { Planned, PlannedResource } from "../../core/plan.ts";
import { bind } from "../../core/step.ts";
import { failure, kinds } from "../../errors.ts";
import type { AppBoundStep } from "../../systems/step.ts";
import type { StepId } from "../../config/step-id.ts";
import { jsonRenderer } from "../render/json.ts";
import type { Renderer, Summary } from "../../run/observer.ts";
import type { Script } from "../../run/script/script.ts";
import { textRenderer } from "../render/text.ts";
import type { Call, Host } from "./command.ts";
import { handsFor } from "./hands.ts";
import { askingHolders } from "./key-holders.ts";
import { preflightOf, refuseLacks, wholeRefusal } from "../../run/preflight/of-run.ts";
import { prepareForCluster, type ForCluster } from "./prepare.ts";
import { checkValuesFiles } from "./values-files.ts";
import { worldOptions } from "./world-options.ts";

type Steps = readonly AppBoundStep[];

/** What a run is made of, once it is known what is wanted. */
export interface Work {
  readonly steps: (spec: Spec) => Promise<Steps>;
  /** Lines to type next, when all went well. */
  readonly next?: (spec: Spec, world: Readers, host: Host, hands: Hands) => Promise<readonly string[]>;
  /** Shown what was found, before anything is written. May throw to stop the run. */
  readonly approve?: (planned: readonly PlannedResource[], world: Readers) => Promise<void>;
  /** Whether all that is missing is told before the first write. */
  readonly preflight?: boolean;
  /** `approve` asks by itself; nobody is asked a second time. */
  readonly asked?: boolean;
  /** Sees all that happens, besides the person. */
  readonly also?: Pick<Renderer, "target" | "event">;
  /** Called with the summary when all went well. */
  readonly done?: (summary: Summary, world: Readers) => Promise<void>;
  /** The exit code, where the findings alone do not say it. */
  readonly exit?: (outcome: Outcome) => ExitCode | undefined;
  /** Who gives unseal keys; left out, a person at the terminal does, if there is one. */
  readonly holders?: KeyHolders | undefined;
}

/** A run that has begun. */
interface Running extends Call, ForCluster {
  readonly hands: Hands;
  readonly work: Work;
  readonly world: World;
  readonly renderer: Renderer;
}

/** Runs the steps that the command names. */
export const run = async (call: Call): Promise<ExitCode> =>
  runWork(call, await prepareForCluster(call), { steps: (spec) => boundSteps(call.command.steps, spec) });

/** The named steps with what is wanted of them. */
export async function boundSteps(ids: readonly StepId[], spec: Spec): Promise<AppBoundStep[]> {
  const { steps } = await import("../../run/steps.ts");
  return ids.map((id) => bind(steps[id], spec));
}

/** Opens the world, converges, and renders what happens. */
export async function runWork(call: Call, prepared: ForCluster, work: Work): Promise<ExitCode> {
  const { spec } = prepared;
  await checkValuesFiles(call, spec);
  const steps = await work.steps(spec);
  const script = spec.run.printCommands ? (await import("../../run/script/script-of.ts")).scriptOf(call.command.name, spec) : undefined;
  const renderer = withAlso(rendererFor(call, prepared, script), work.also);
  const { openWorld } = await import("../../run/world/open.ts");
  const holders = work.holders ?? askingHolders(prepared.prompts, renderer.makeWay);
  const world = await openWorld(spec, { ...worldOptions(call, prepared, renderer.makeWay), holders });
  try {
    await script?.reach(world);
    return await runIn({ ...call, ...prepared, hands: handsFor(call), world, renderer, work }, steps);
  } finally {
    renderer.makeWay();
    await world.close();
  }
}

async function runIn(running: Running, steps: Steps): Promise<ExitCode> {
  const { cluster, renderer, spec, work, world } = running;
  const from = decidedByFile(running.resolved.origins);
  const target = { cluster, context: world.kube.context, server: world.kube.server, vault: world.vault.describe() };
  renderer.target({ ...target, ...(from !== undefined && { from }) });
  const outcome = await converged(running, steps);
  await refuseFailures(running, outcome.findings);
  const next = spec.run.dryRun ? [] : ((await work.next?.(spec, world, running.host, running.hands)) ?? []);
  return await finish(running, outcome, next);
}

function rendererFor({ command, host }: Call, { spec, terminal }: ForCluster, script: Script | undefined): Renderer {
  if (spec.run.output !== "json") return textRenderer(terminal, { ...spec.run, script });
  const renderer = jsonRenderer(command.name, terminal.out, script);
  host.onRun(renderer.soFar);
  return renderer;
}

function withAlso(renderer: Renderer, also: Work["also"]): Renderer {
  if (also === undefined) return renderer;
  return {
    ...renderer,
    target: (target) => [renderer, also].forEach((each) => each.target(target)),
    event: (event) => [renderer, also].forEach((each) => each.event(event)),
  };
}

async function converged(running: Running, steps: Steps): Promise<Outcome> {
  const { spec, work, world } = running;
  const about = work.preflight === true && spec.run.preflight ? preflightOf(world, spec, steps) : undefined;
  const writing = { yes: false };
  try {
    return await convergedIn(running, steps, async (planned) => {
      const differs = new Set<unknown>(
        planned.filter(({ diff }) => diff instanceof NotYet || diff.kind !== "same").map(({ resource }) => resource),
      );
      if (about !== undefined) await world.look(() => refuseLacks(about, (resource) => differs.has(resource)));
      writing.yes = true;
    });
  } catch (error) {
    throw about === undefined || writing.yes || spec.run.dryRun ? error : await world.look(() => wholeRefusal(error, about));
  }
}

function convergedIn(
  { command, hands, host, prompts, renderer, spec, work: { approve, asked = false }, world }: Running,
  steps: Steps,
  first: (planned: readonly Planned<Readers, Writers>[]) => Promise<void>,
): Promise<Outcome> {
  return converge({
    steps,
    read: world,
    write: spec.run.dryRun ? undefined : world,
    on: renderer.event,
    commands: spec.run.printCommands,
    ...(approve !== undefined && { approve: (planned: readonly PlannedResource[]) => approve(planned, world) }),
    signal: host.signal,
    line: hands.own,
    settleMs: spec.run.timeoutMs,
    // A person who types sees the target first and is asked once; a pipeline is never asked.
    beforeWrite: async (planned) => {
      await first(planned);
      if (!prompts.possible || spec.run.yes || asked || command.vault !== "choose") return;
      renderer.makeWay();
      await prompts.confirm(`Write to context ${world.kube.context} and to Vault?`);
    },
  });
}

async function finish({ command, renderer, spec, work, world }: Running, outcome: Outcome, next: readonly string[]): Promise<ExitCode> {
  const exitCode = work.exit?.(outcome) ?? exitFor(outcome.findings, command.missingIs);
  const lacking = outcome.findings.filter((finding) => finding.kind === "missing");
  const ui = lacking.length === 0 ? [] : await (await import("./next-lines.ts")).uiLines(spec, world);
  const missing = lacking.map(({ reason, fix }) => ({ reason, fix: [fix, ...ui].join("\n") }));
  const summary: Summary = { exitCode, changed: outcome.changed, dryRun: spec.run.dryRun, notices: [...outcome.notices, ...missing], next };
  await work.done?.(summary, world);
  renderer.end(summary);
  return exitCode;
}

/** A proof that failed is explained: its cause is looked for while the world is open. */
async function refuseFailures({ renderer, spec, world, ...call }: Running, findings: readonly Finding[]): Promise<void> {
  const failed = findings.filter((finding) => finding.kind === "fail");
  if (failed.length === 0) return;
  renderer.event({ type: "progress", message: "looking for the cause" });
  const { diagnosisFor } = await import("./diagnose.ts");
  const cause = await world.look((read) => diagnosisFor(call, spec, read));
  throw failure(kinds.verifyFailed, {
    what: failed.length === 1 ? "A proof failed" : `${failed.length} proofs failed`,
    why: [...failed.map(({ reason }) => reason), cause.why].join("\n"),
    fix: cause.fix ?? [...new Set(failed.map(({ fix }) => fix)), cause.look].join("\n"),
  });
}
