import type { Diagnosis } from "../checks/doctor/diagnosis.ts";
import type { Findings } from "../checks/doctor/examine.ts";
import type { World } from "../clients/open.ts";
import { converge } from "../core/converge.ts";
import { exitCodes, type ExitCode } from "../core/errors.ts";
import { failure, kinds } from "../errors.ts";
import { diagnosisJson, diagnosisText } from "../ui/diagnosis.ts";
import { textRenderer } from "../ui/text.ts";
import type { Call, Run } from "./command.ts";
import { diagnose } from "./diagnose.ts";
import { prepareForCluster, type ForCluster } from "./prepare.ts";
import { boundSteps } from "./run-steps.ts";
import { worldOptions } from "./world-options.ts";

/** Finds why logins or syncs fail, and with --fix mends it. */
export const run: Run = async (call) => {
  const given = await prepareForCluster(call);
  const prepared: ForCluster = { ...given, settings: withNodes(given.settings) };
  const { openWorld } = await import("../clients/open.ts");
  const world = await openWorld(prepared.settings, worldOptions(call, prepared));
  try {
    return await examineAndMend(call, prepared, world);
  } finally {
    await world.close();
  }
};

async function examineAndMend(call: Call, prepared: ForCluster, world: World): Promise<ExitCode> {
  const { settings, terminal, cluster } = prepared;
  const image = call.extra["image"];
  const look = () =>
    diagnose(call, settings, world, { probePod: call.extra["probe-pod"] === true, image: typeof image === "string" ? image : undefined });
  const first = await look();
  const { findings, mended } =
    call.extra["fix"] === true ? await mendAll(call, prepared, world, first, look) : { findings: first, mended: [] };
  const exitCode = findings.causes.length === 0 && findings.symptoms.length === 0 ? exitCodes.done : exitCodes.failed;
  const shown = { cluster, context: world.kube.context, vault: world.vault.describe(), findings, mended, exitCode };
  terminal.out(settings.output === "json" ? diagnosisJson(shown) : diagnosisText(shown, terminal, settings.verbose));
  return exitCode;
}

/** A mended cause uncovers the next one, but no cause is mended twice. */
async function mendAll(
  call: Call,
  prepared: ForCluster,
  world: World,
  first: Findings,
  look: () => Promise<Findings>,
): Promise<{ findings: Findings; mended: string[] }> {
  const mended: string[] = [];
  for (let findings = first; ; findings = await look()) {
    const [cause] = findings.causes;
    if (cause === undefined || mended.includes(cause.code) || !isOurs(cause)) return { findings, mended };
    await mend(call, prepared, world, cause);
    if (prepared.settings.dryRun) return { findings, mended };
    mended.push(cause.code);
  }
}

const isOurs = ({ mend: { steps, resources } }: Diagnosis): boolean => steps !== undefined || resources !== undefined;

async function mend(
  { host }: Call,
  { settings, terminal, prompts }: ForCluster,
  world: World,
  { code, title, mend: { command, steps = [], resources = [] } }: Diagnosis,
): Promise<void> {
  const own = resources.length === 0 ? [] : [{ id: "mend", title, resources, checks: [] }];
  if (!settings.dryRun && !settings.yes) {
    if (!prompts.possible)
      throw failure(kinds.notConfirmed, {
        what: `--fix would change something, and nobody can be asked (${code}: ${title})`,
        fix: `Add --yes, or type it yourself: ${command}`,
      });
    terminal.err(`${code} ${title}\n  ${command}\n`);
    await prompts.confirm(`Do that in context ${world.kube.context} and in Vault?`);
  }
  const renderer = textRenderer(terminal, settings);
  await converge({
    steps: [...own, ...(await boundSteps(steps, settings))],
    read: world,
    write: settings.dryRun ? undefined : world,
    on: renderer.event,
    signal: host.signal,
  });
}

// Reading one node is safe behind any address: whichever answers tells how it is.
const withNodes = (settings: ForCluster["settings"]): ForCluster["settings"] =>
  settings.vaultAddr === undefined || settings.vaultNodes.length > 0 ? settings : { ...settings, vaultNodes: [settings.vaultAddr] };
