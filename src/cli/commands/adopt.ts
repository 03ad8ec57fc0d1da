import type { Readers } from "../../systems/world.ts";
import { exitCodes, NotYet } from "../../core/errors.ts";
import { planAll, type PlannedResource } from "../../core/plan.ts";
import type { Change } from "../../core/resource.ts";
import { failure, kinds } from "../../errors.ts";
import { oneLine } from "../../systems/printable.ts";
import { keepingOf, type Keeping } from "./adopt/keep.ts";
import { showFound } from "./adopt/show.ts";
import type { Call, Run } from "./command.ts";
import { commandLinesFor } from "./command-lines.ts";
import type { adoptOptions } from "./own-options.ts";
import { prepareForCluster, type ForCluster } from "./prepare.ts";
import { boundSteps } from "../../run/bound-steps.ts";
import { runWork } from "./run-steps.ts";
import { stepsFor } from "../../run/which-steps.ts";

/**
 * Looks for what somebody made, and for the settings that go on with it; shows what would be owned and what would then differ, asks, and puts the marks.
 */
export const run: Run<typeof adoptOptions> = async (call) => {
  const given = await prepareForCluster(call);
  const { spec, prompts, terminal } = given;
  const { findSettings, withFlags } = await import("./adopt/find.ts");
  const found = await findSettings(call, given);
  if (!spec.run.quiet) showFound(found, terminal);
  const keeping = await keepingOf(call, given, found);
  const agreed = spec.run.dryRun || spec.run.yes || prompts.possible;
  if (!agreed && keeping === undefined) throw nobodyLooks();
  const kept = keeping === undefined ? "said" : await keep(keeping, given);
  if (!agreed) return told(call, given);
  const again = { ...call, flags: { ...call.flags, ...found.settings } };
  return await marked(
    kept === "written" ? call : again,
    kept,
    call.options.releases === true,
    await withFlags(call, given, found.settings),
  );
};

const nobodyLooks = () =>
  failure(kinds.notConfirmed, {
    what: "adopt was not confirmed",
    why: "Nobody is there to look at what would be owned.",
    fix: "Look first: add --dry-run. Then: --yes",
  });

/** Where the settings that were found are: said already, in the file, or on standard output for who keeps them. */
type Kept = "said" | "written" | "printed" | "shown";

/** A person's file is written; without a person, and where nothing may be written, it is shown. */
async function keep({ shown, text, write }: Keeping, { spec: { run }, terminal, prompts }: ForCluster): Promise<Kept> {
  if (run.dryRun) return (terminal.err(`${shown} would be:\n${text}`), "shown");
  if (prompts.possible) {
    await write();
    terminal.err(`${terminal.chalk.green(terminal.symbols.done)} ${shown} written\n`);
    return "written";
  }
  // Standard output is the document's alone.
  if (run.output === "json") return (terminal.err(text), "shown");
  return (terminal.out(text), "printed");
}

/** The file is all that was asked for: nobody has agreed to any mark. */
function told(call: Call, { terminal }: ForCluster): number {
  terminal.err(`Nothing is marked yet: keep this as vault-k8s.yaml, look at it, then ${commandLinesFor(call).own("adopt", "--yes")}\n`);
  return exitCodes.done;
}

async function marked(call: Call, kept: Kept, releases: boolean, prepared: ForCluster): Promise<number> {
  const { spec } = prepared;
  const { adoptStep, afterAdoption } = await import("../../run/adopt/step.ts");
  return await runWork(call, prepared, {
    steps: async () => [adoptStep(spec, releases)],
    asked: true,
    approve: async (planned, world) => {
      await differences(prepared, afterAdoption(world, spec, releases), call.command.steps);
      await ask(prepared, planned, world);
    },
    next: async () => (kept === "printed" ? [] : [commandLinesFor(call).own("plan")]),
  });
}

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
