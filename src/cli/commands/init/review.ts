import { preflight } from "../../../run/preflight/preflight.ts";
import type { Spec } from "../../../config/spec.ts";
import { runSteps } from "../../../run/run-steps.ts";
import type { World } from "../../../run/world/open.ts";
import { collector } from "../../../run/collect.ts";
import { exitCodes } from "../../../core/errors.ts";
import { lackLines } from "../../../run/preflight/lines.ts";
import { oneLine } from "../../../systems/printable.ts";
import type { Terminal } from "../../render/terminal.ts";
import { preflightOf } from "../../../run/preflight/of-run.ts";
import { boundSteps } from "../../../run/bound-steps.ts";
import { stepIds } from "../../../config/step-id.ts";
import { stepsFor } from "../../../run/which-steps.ts";

/** Shows what bootstrap would change, a line for each thing, and what it would lack. Nothing is written. */
export async function review(world: World, spec: Spec, terminal: Terminal): Promise<void> {
  const steps = await boundSteps(stepsFor(stepIds, spec), spec);
  const gathered = collector("plan");
  const todo = new Set<string>();
  await runSteps({
    cluster: spec.cluster ?? "",
    world,
    steps,
    observer: (event) => {
      gathered.event(event);
      if (event.type !== "resource" || event.result === "unchanged") return;
      todo.add(event.id);
      terminal.err(`  ${terminal.chalk.yellow(event.result === "would-update" ? "~" : terminal.symbols.planned)} ${oneLine(event.id)}\n`);
    },
  });
  const { counts } = gathered.plan({ exitCode: exitCodes.done, notices: [] });
  terminal.err(`  ${counts.create + counts.pending} to make, ${counts.update} to change, ${counts.unchanged} as they should be already.\n`);
  const lacking = lackLines(await preflight({ ...preflightOf(world, spec, steps), todo: ({ id }) => todo.has(id) }));
  if (lacking.length === 0) return;
  terminal.err(`\n${terminal.chalk.bold("This is missing; vault-k8s preflight prints what grants it:")}\n`);
  for (const line of lacking) terminal.err(`  ${terminal.chalk.red(terminal.symbols.failed)} ${line}\n`);
}
