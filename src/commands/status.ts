import { CliError, exitCodes, type ExitCode } from "../core/errors.ts";
import { requireCluster, type Flags } from "../config/resolve.ts";
import type { Settings } from "../config/fields.ts";
import { document } from "../ui/json.ts";
import { statusText, type ClusterStatus } from "../ui/status-text.ts";
import type { Call, Run } from "./command.ts";
import { prepare } from "./prepare.ts";
import { boundSteps } from "./run-steps.ts";
import { surveyNodes, surveySteps } from "./survey.ts";

/** Shows Vault's nodes and what each step of each cluster would change. */
export const run: Run = async (call) => {
  const { settings, resolved, terminal } = await prepare(call);
  const vaultAlone = settings.cluster === undefined && resolved.clusters.length === 0 && (settings.vaultAddr !== undefined || settings.vaultNodes.length > 0);
  const names = settings.cluster !== undefined || vaultAlone || resolved.clusters.length === 0 ? [settings.cluster] : resolved.clusters;
  if (names[0] === undefined && !vaultAlone) requireCluster(resolved);
  const clusters: ClusterStatus[] = [];
  for (const cluster of names) clusters.push(await statusOf(call, cluster, names.length > 1));
  terminal.out(settings.output === "json" ? document("Status", { clusters, exitCode: exitFor(clusters) }) : statusText(clusters, terminal));
  return exitFor(clusters);
};

async function statusOf(call: Call, cluster: string | undefined, oneOfMany: boolean): Promise<ClusterStatus> {
  const flags: Flags = cluster === undefined ? call.flags : { ...call.flags, cluster };
  try {
    const { settings } = await prepare({ ...call, flags });
    return await look(call, settings, cluster);
  } catch (error) {
    // One cluster that cannot be asked must not hide the others.
    if (!oneOfMany || !(error instanceof CliError)) throw error;
    return { cluster, context: undefined, vault: undefined, nodes: [], steps: [], failure: { code: error.kind.code, what: error.message, fix: error.fix } };
  }
}

async function look({ command, host }: Call, settings: Settings, cluster: string | undefined): Promise<ClusterStatus> {
  const { openWorld } = await import("../clients/open.ts");
  const { vaultSteps } = await import("../steps/index.ts");
  const world = await openWorld(settings, { env: host.env, signal: host.signal });
  try {
    const ids = command.steps.filter((id) => (settings.vaultAddr === undefined && settings.vaultContext === undefined) || !vaultSteps.includes(id));
    const steps = cluster === undefined ? [] : await boundSteps(ids, settings);
    const [nodes, surveys] = await Promise.all([surveyNodes(world, settings), surveySteps(steps, world)]);
    return { cluster, context: cluster === undefined ? undefined : world.kube.context, vault: world.vault.describe(), nodes, steps: surveys, failure: undefined };
  } finally {
    await world.close();
  }
}

const working = new Set(["active", "standby", "standalone"]);

function exitFor(clusters: readonly ClusterStatus[]): ExitCode {
  const well = clusters.every(({ nodes, steps, failure }) => failure === undefined && nodes.length > 0 && nodes.every(({ state }) => working.has(state)) && steps.every(({ state }) => state === "ok"));
  return well ? exitCodes.done : exitCodes.differences;
}
