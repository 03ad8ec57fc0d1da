import { CliError, exitCodes, type ExitCode } from "../core/errors.ts";
import { requireCluster, type Flags } from "../config/resolve.ts";
import type { Settings } from "../config/fields.ts";
import { document } from "../ui/json.ts";
import { statusText, type ClusterStatus } from "../ui/status-text.ts";
import type { Call, Run } from "./command.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { boundSteps } from "./run-steps.ts";
import { stepsFor } from "./which-steps.ts";
import { worldOptions } from "./world-options.ts";
import { surveyNodes, surveySteps } from "./survey.ts";

/** Shows Vault's nodes and what each step of each cluster would change. */
export const run: Run = async (call) => {
  const { settings, resolved, terminal } = await prepare(call);
  const vaultAlone =
    settings.cluster === undefined &&
    resolved.clusters.length === 0 &&
    (settings.vaultAddr !== undefined || settings.vaultNodes.length > 0);
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
    return await look(call, await prepare({ ...call, flags }), cluster);
  } catch (error) {
    // One cluster that cannot be asked must not hide the others.
    if (!oneOfMany || !(error instanceof CliError)) throw error;
    return {
      cluster,
      context: undefined,
      vault: undefined,
      nodes: [],
      steps: [],
      failure: { code: error.kind.code, what: error.message, fix: error.fix },
    };
  }
}

function look(call: Call, prepared: Prepared, cluster: string | undefined): Promise<ClusterStatus> {
  return cluster === undefined ? lookAtVault(call, prepared) : lookAtCluster(call, prepared, cluster);
}

/** Vault at an address: no kubeconfig is needed, and no token. */
async function lookAtVault(call: Call, prepared: Prepared): Promise<ClusterStatus> {
  const { openNodes } = await import("../clients/open-nodes.ts");
  const { title, nodes, close } = await openNodes(prepared.settings, worldOptions(call, prepared));
  try {
    return { cluster: undefined, context: undefined, vault: title, nodes: await surveyNodes(nodes), steps: [], failure: undefined };
  } finally {
    close();
  }
}

async function lookAtCluster(call: Call, prepared: Prepared, cluster: string): Promise<ClusterStatus> {
  const { openWorld } = await import("../clients/open.ts");
  const settings = withNodes(prepared.settings);
  const world = await openWorld(settings, worldOptions(call, prepared));
  try {
    const steps = await boundSteps(await stepsFor(call.command.steps, settings), settings);
    const [nodes, surveys] = await Promise.all([surveyNodes(world.nodes), surveySteps(steps, world)]);
    return { cluster, context: world.kube.context, vault: world.vault.describe(), nodes, steps: surveys, failure: undefined };
  } finally {
    await world.close();
  }
}

// Reading one node is safe behind any address: whichever answers tells how it is.
const withNodes = (settings: Settings): Settings =>
  settings.vaultAddr === undefined || settings.vaultNodes.length > 0 ? settings : { ...settings, vaultNodes: [settings.vaultAddr] };

const working = new Set(["active", "standby", "standalone"]);

function exitFor(clusters: readonly ClusterStatus[]): ExitCode {
  const well = clusters.every(
    ({ nodes, steps, failure }) =>
      failure === undefined &&
      nodes.length > 0 &&
      nodes.every(({ state }) => working.has(state)) &&
      steps.every(({ state }) => state === "ok"),
  );
  return well ? exitCodes.done : exitCodes.differences;
}
