import type { Readers } from "../../systems/world.ts";
import { NotYet } from "../../core/errors.ts";
import { planAll, type PlannedResource } from "../../core/plan.ts";
import type { Change } from "../../core/resource.ts";
import { failure, kinds } from "../../errors.ts";
import { oneLine } from "../../systems/printable.ts";
import type { Run } from "./command.ts";
import { commandLinesFor } from "./command-lines.ts";
import type { adoptOptions } from "./own-options.ts";
import { prepareForCluster, type ForCluster } from "./prepare.ts";
import { boundSteps } from "../../run/bound-steps.ts";
import { runWork } from "./run-steps.ts";
import { stepsFor } from "../../run/which-steps.ts";

/** Shows what would be owned and what would then differ, asks, and puts the marks. */
export const run: Run<typeof adoptOptions> = async (call) => {
  const releases = call.options.releases === true;
  const prepared = await prepareForCluster(call);
  const { spec, prompts } = prepared;
  if (!spec.run.dryRun && !spec.run.yes && !prompts.possible)
    throw failure(kinds.notConfirmed, {
      what: "adopt was not confirmed",
      why: "Nobody is there to look at what would be owned.",
      fix: "Look first: add --dry-run. Then: --yes",
    });
  const { adoptStep, afterAdoption } = await import("../../run/adopt/step.ts");
  return await runWork(call, prepared, {
    steps: async () => [adoptStep(spec, releases)],
    asked: true,
    approve: async (planned, world) => {
      await differences(prepared, afterAdoption(world, spec, releases), call.command.steps);
      await ask(prepared, planned, world);
    },
    next: async () => [commandLinesFor(call).own("plan")],
  });
};

/** What bootstrap would change once the marks are there. */
async function differences({ spec, terminal }: ForCluster, read: Readers, ids: Parameters<typeof stepsFor>[0]): Promise<void> {
  const planned = await planAll(await boundSteps(stepsFor(ids, spec), spec), read);
  const lines = planned.flatMap(({ resource, diff }) => {
    if (diff instanceof NotYet) return [`${resource.id}: known later`];
    if (diff.kind === "same") return [];
    if (diff.kind === "conflict") return [`${resource.id}: ${diff.reason}`];
    return [`${resource.id}: ${diff.kind === "create" ? "would be created" : diff.changes.map(named).join(", ")}`];
  });
  terminal.err(lines.length === 0 ? "Afterwards bootstrap would change nothing.\n" : "Afterwards bootstrap would change:\n");
  for (const line of lines) terminal.err(`  ~ ${oneLine(line)}\n`);
}

const named = ({ field, after }: Change): string => (after === undefined ? `${field} (goes)` : field);

async function ask({ prompts, spec, terminal }: ForCluster, planned: readonly PlannedResource[], { kube }: Readers): Promise<void> {
  const taken = planned.filter(({ result }) => result !== "unchanged");
  if (spec.run.dryRun || spec.run.yes || taken.length === 0) return;
  terminal.err("Would be owned by vault-k8s, and go with teardown:\n");
  for (const { id, note } of taken) terminal.err(`  + ${oneLine(id)}${note === undefined ? "" : ` (${oneLine(note)})`}\n`);
  await prompts.confirm(`Put our marks on them, in context ${kube.context} and in Vault?`);
}
