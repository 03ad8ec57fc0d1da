import type { Readers } from "../../systems/world.ts";
import type { PlannedResource } from "../../core/plan.ts";
import { failure, kinds } from "../../errors.ts";
import { oneLine } from "../../systems/printable.ts";
import type { CallWith, Run } from "./command.ts";
import type { teardownOptions } from "./own-options.ts";
import { prepareForCluster, type ForCluster } from "./prepare.ts";
import { runWork } from "./run-steps.ts";

type TeardownCall = CallWith<typeof teardownOptions>;

/** Bootstrap backwards, after the name of the cluster was typed. */
export const run: Run<typeof teardownOptions> = async (call) => {
  const choices = choicesOf(call);
  const prepared = await prepareForCluster(call);
  const confirmed = confirmation(call, prepared);
  return await runWork(call, prepared, {
    steps: async (spec) => (await import("../../run/teardown/steps.ts")).teardownSteps(spec, choices),
    asked: true,
    around: async (work, world, say) => {
      const { underVaultsLease } = await import("../../run/teardown/lease.ts");
      await underVaultsLease(prepared.spec, world, say, work);
    },
    ...(!prepared.spec.run.dryRun && !confirmed && { approve: (planned, world) => ask(prepared, planned, world) }),
  });
};

function choicesOf({ options: { keepSecrets, deleteSecrets, deleteData, forceVault } }: TeardownCall) {
  if (keepSecrets === true && deleteSecrets === true)
    throw failure(kinds.usage, { what: "--keep-secrets and --delete-secrets contradict each other", fix: "Pass only one of them." });
  return {
    keepSecrets: deleteSecrets !== true,
    deleteData: deleteData === true,
    forceVault: forceVault === true,
  };
}

/** Whether the name of the cluster was given. Throws VK1001 for another one, VK1007 where nobody can be asked for it. */
function confirmation({ options: { confirm } }: TeardownCall, { cluster, prompts, spec }: ForCluster): boolean {
  if (confirm === cluster) return true;
  if (confirm !== undefined)
    throw failure(kinds.usage, {
      what: `--confirm ${confirm} is not the cluster that is torn down, which is ${cluster}`,
      fix: "Type its name.",
    });
  if (!spec.run.dryRun && !prompts.possible)
    throw failure(kinds.notConfirmed, {
      what: `teardown of ${cluster} was not confirmed`,
      why: "Nobody is there to type the name of the cluster. --yes alone is not enough.",
      fix: `Look first: add --dry-run. Then: --confirm ${cluster}`,
    });
  return false;
}

/** Shows what goes and what stays, and asks for the name. */
async function ask({ cluster, prompts, terminal }: ForCluster, planned: readonly PlannedResource[], { kube }: Readers): Promise<void> {
  const goes = planned.filter(({ result }) => result !== "unchanged");
  if (goes.length === 0) return;
  for (const { id, result, note, changes } of planned) {
    if (result === "unchanged" && note?.startsWith("stays") !== true) continue;
    const mark = result === "unchanged" ? terminal.symbols.unchanged : "-";
    terminal.err(`  ${mark} ${oneLine(id)}${note === undefined ? "" : ` (${oneLine(note)})`}\n`);
    for (const { field } of changes) terminal.err(`      ${oneLine(field)}\n`);
  }
  const typed = await prompts.text(`All with - is deleted from context ${kube.context} and from Vault. Type ${cluster} to go on:`);
  if (typed.trim() !== cluster)
    throw failure(kinds.interrupted, { what: "Stopped: that is not the name of the cluster", why: "Nothing was changed." });
}
