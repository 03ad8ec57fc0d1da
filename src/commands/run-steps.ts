import type { OpenOptions } from "../clients/open.ts";
import type { Readers, Writers } from "../clients/world.ts";
import type { Settings } from "../config/fields.ts";
import type { Finding } from "../core/check.ts";
import { converge, exitFor, type Outcome } from "../core/converge.ts";
import { milliseconds } from "../core/duration.ts";
import type { ExitCode } from "../core/errors.ts";
import { bind, type BoundStep } from "../core/step.ts";
import { failure, kinds } from "../errors.ts";
import type { StepId } from "../steps/index.ts";
import { oneLine } from "../ui/printable.ts";
import { jsonRenderer } from "../ui/json.ts";
import type { Renderer } from "../ui/renderer.ts";
import { textRenderer } from "../ui/text.ts";
import type { Call } from "./command.ts";
import { prepareForCluster, type ForCluster, type Prepared } from "./prepare.ts";

/** What a run is made of, once the settings are known. */
export interface Work {
  readonly steps: (settings: Settings) => Promise<readonly BoundStep<Readers, Writers>[]>;
  /** Lines to type next, when all went well. */
  readonly next?: (settings: Settings, world: Readers) => Promise<readonly string[]>;
}

/** Runs the steps that the command names. */
export const run = async (call: Call): Promise<ExitCode> => runWork(call, await prepareForCluster(call), { steps: (settings) => boundSteps(call.command.steps, settings) });

/** The named steps with their settings. */
export async function boundSteps(ids: readonly StepId[], settings: Settings): Promise<BoundStep<Readers, Writers>[]> {
  const { steps } = await import("../steps/index.ts");
  return ids.map((id) => bind(steps[id], settings));
}

/** Opens the world, converges, and renders what happens. */
export async function runWork(call: Call, prepared: ForCluster, work: Work): Promise<ExitCode> {
  const { settings } = prepared;
  await checkValuesFiles(call, settings);
  const steps = await work.steps(settings);
  const { openWorld } = await import("../clients/open.ts");
  const world = await openWorld(settings, worldOptions(call, prepared));
  try {
    const renderer = rendererFor(call, prepared);
    renderer.target({ cluster: prepared.cluster, context: world.kube.context, server: world.kube.server, vault: world.vault.describe() });
    const outcome = await converged(call, prepared, steps, world, renderer);
    return await finish(call, prepared, work, world, renderer, outcome);
  } finally {
    await world.close();
  }
}

// Helm would find such a mistake after the first writes.
async function checkValuesFiles({ command, host }: Call, { values, operatorValues }: Settings): Promise<void> {
  const files = [...(command.steps.includes("install") ? values : []), ...(command.steps.includes("external-secrets") ? operatorValues : [])];
  if (files.length > 0) await (await import("../clients/helm/values.ts")).checkValuesFiles(files, host.cwd);
}

/** What the world is opened with; with -v each request is told. */
export function worldOptions({ host }: Call, { settings, terminal }: Prepared): OpenOptions {
  const tell = (method: string, target: string): void => terminal.err(`${terminal.chalk.dim(`    ${oneLine(method)} ${oneLine(target)}`)}\n`);
  return { env: host.env, cwd: host.cwd, signal: host.signal, onRequest: settings.verbose ? tell : undefined };
}

function rendererFor({ command, host }: Call, { settings, terminal }: Prepared): Renderer {
  if (settings.output === "text") return textRenderer(terminal, settings);
  const renderer = jsonRenderer(command.name, terminal.out);
  host.onRun(renderer.soFar);
  return renderer;
}

function converged({ command, host }: Call, { settings, prompts }: Prepared, steps: readonly BoundStep<Readers, Writers>[], world: Writers, renderer: Renderer): Promise<Outcome> {
  return converge({
    steps,
    read: world,
    write: settings.dryRun ? undefined : world,
    on: renderer.event,
    signal: host.signal,
    settleMs: milliseconds(settings.timeout),
    // A person who types sees the target first and is asked once; a pipeline is never asked.
    beforeWrite: async () => {
      if (prompts.possible && !settings.yes && command.vault === "choose") await prompts.confirm(`Write to context ${world.kube.context} and to Vault?`);
    },
  });
}

async function finish({ command }: Call, { settings }: Prepared, work: Work, world: Readers, renderer: Renderer, outcome: Outcome): Promise<ExitCode> {
  refuseFailures(outcome.findings);
  const exitCode = exitFor(outcome.findings, command.missingIs);
  const notices = outcome.findings.flatMap((finding) => (finding.kind === "missing" ? [{ reason: finding.reason, fix: finding.fix }] : []));
  const next = settings.dryRun ? [] : ((await work.next?.(settings, world)) ?? []);
  renderer.end({ exitCode, changed: outcome.changed, pending: outcome.pending, dryRun: settings.dryRun, notices, next });
  return exitCode;
}

function refuseFailures(findings: readonly Finding[]): void {
  const failed = findings.filter((finding) => finding.kind === "fail");
  if (failed.length === 0) return;
  throw failure(kinds.verifyFailed, {
    what: failed.length === 1 ? "A proof failed" : `${failed.length} proofs failed`,
    why: failed.map(({ reason }) => reason).join("\n"),
    fix: [...new Set(failed.map(({ fix }) => fix))].join("\n"),
  });
}
