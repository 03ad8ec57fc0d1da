import type { Diagnosis, Mend } from "../../consumers/diagnosis/cause.ts";
import type { Findings } from "../../doctor/examine.ts";
import type { World } from "../../run/world/open.ts";
import { askingTheAddress } from "../../config/spec.ts";
import { CliError, exitCodes, type ExitCode } from "../../core/errors.ts";
import { untilSettled } from "../../core/settle.ts";
import { failure, kinds } from "../../errors.ts";
import { diagnosisJson, diagnosisText } from "../render/diagnosis.ts";
import { textRenderer } from "../render/text.ts";
import type { Call, CallWith, Run } from "./command.ts";
import type { doctorOptions } from "./own-options.ts";
import { diagnose } from "../../run/diagnosis.ts";
import { runSteps } from "../../run/run-steps.ts";
import { commandLinesFor } from "./command-lines.ts";
import { prepareForCluster, type ForCluster } from "./prepare.ts";
import { boundSteps } from "../../run/bound-steps.ts";
import { typedAgain } from "./typed-again.ts";
import { worldOptions } from "./world-options.ts";

/** Finds why logins or syncs fail, and with --fix mends it. */
export const run: Run<typeof doctorOptions> = async (call) => {
  const prepared = await prepareForCluster(call);
  const { openWorld } = await import("../../run/world/open.ts");
  const world = await openWorld(askingTheAddress(prepared.spec), worldOptions(call, prepared));
  try {
    await refuseWithoutKubernetes(world);
    return await examineAndMend(call, prepared, world);
  } finally {
    await world.close();
  }
};

/** Without an API server that answers and knows who asks, nothing can be said. What one may not read is no reason to stop. */
async function refuseWithoutKubernetes({ kube }: World): Promise<void> {
  try {
    await kube.clusterUid();
  } catch (error) {
    if (!(error instanceof CliError) || error.kind !== kinds.kubeForbidden) throw error;
  }
}

async function examineAndMend(call: CallWith<typeof doctorOptions>, prepared: ForCluster, world: World): Promise<ExitCode> {
  const { spec, terminal, cluster } = prepared;
  const { fix, image, probePod = false } = call.options;
  const look = async () => toType(await world.look((read) => diagnose(commandLinesFor(call), spec, read, { probePod, image })), call);
  const first = await look();
  const { findings, mended } = fix === true ? await mendAll(call, prepared, world, first, look) : { findings: first, mended: [] };
  const exitCode = exitFor(findings);
  const shown = { cluster, context: world.kube.context, vault: world.vault.describe(), findings, mended, exitCode };
  terminal.out(spec.run.output === "json" ? diagnosisJson(shown) : diagnosisText(shown, terminal, spec.run.verbose));
  return exitCode;
}

/** Findings whose commands are as they are typed after this run. */
const toType = (findings: Findings, call: Call): Findings => ({
  ...findings,
  causes: findings.causes.map((cause) => ({ ...cause, mend: mendTyped(cause.mend, call) })),
});

const mendTyped = ({ command, note, ...mend }: Mend, call: Call): Mend => ({
  ...mend,
  command: typedAgain(command, call),
  ...(note !== undefined && { note: typedAgain(note, call) }),
});

/** What was mended, and what was found after it. */
interface Mended {
  readonly findings: Findings;
  readonly mended: readonly string[];
}

/** A mended cause uncovers the next one, but no cause is mended twice. */
async function mendAll(call: Call, prepared: ForCluster, world: World, first: Findings, look: () => Promise<Findings>): Promise<Mended> {
  const mended: string[] = [];
  for (let findings = first; ;) {
    const next = nextToMend(findings, mended);
    if (next === undefined) return { findings, mended };
    await mend(call, prepared, world, { cause: next, mended });
    if (prepared.spec.run.dryRun) return { findings, mended };
    mended.push(next.code);
    // What was mended takes a moment to show: pods start, the operator looks again.
    const withinMs = Math.min(prepared.spec.run.timeoutMs, settleMs);
    const settled = (seen: Findings): boolean => isWell(seen) || nextToMend(seen, mended) !== undefined;
    findings = await untilSettled(look, settled, { withinMs, everyMs: 1_000, signal: call.host.signal });
  }
}

function exitFor(findings: Findings): ExitCode {
  if (isWell(findings)) return exitCodes.done;
  return findings.causes.length === 0 && findings.refused ? exitCodes.refused : exitCodes.failed;
}

/** How long a mended fault may take to show as such, in milliseconds. */
const settleMs = 60_000;

const isWell = ({ causes, symptoms }: Findings): boolean => causes.length === 0 && symptoms.length === 0;

/** The first cause, where it is one that --fix mends. */
function nextToMend({ causes: [first] }: Findings, mended: readonly string[]): Diagnosis | undefined {
  return first !== undefined && isOurs(first) && !mended.includes(first.code) ? first : undefined;
}

const isOurs = ({ mend: { steps, resources } }: Diagnosis): boolean => steps !== undefined || resources !== undefined;

async function mend(
  { host }: Call,
  { cluster, spec, terminal, prompts }: ForCluster,
  world: World,
  { cause: { code, title, mend: by }, mended }: { readonly cause: Diagnosis; readonly mended: readonly string[] },
): Promise<void> {
  const { command, steps = [], resources = [] } = by;
  const own = resources.length === 0 ? [] : [{ id: "mend", title, resources, checks: [] }];
  if (!spec.run.dryRun && !spec.run.yes) {
    if (!prompts.possible)
      throw failure(kinds.notConfirmed, {
        what: `--fix would change something, and nobody can be asked (${code}: ${title})`,
        fix: `Add --yes, or type it yourself: ${command}`,
      });
    terminal.err(`${code} ${title}\n  ${command}\n`);
    const before = mended.length === 0 ? undefined : `Before that this was mended: ${mended.join(", ")}. Nothing else was changed.`;
    await prompts.confirm(`Do that in context ${world.kube.context} and in Vault?`, before);
  }
  const renderer = textRenderer(terminal, spec.run);
  await runSteps({
    cluster,
    world,
    observer: renderer.event,
    steps: [...own, ...(await boundSteps(steps, spec))],
    writes: !spec.run.dryRun,
    signal: host.signal,
  });
}
