import path from "node:path";
import { checkCrossFieldRules } from "../../../config/cross-field-rules.ts";
import { resolveSettings, type Resolved } from "../../../config/resolve.ts";
import type { Flags } from "../../../config/sources.ts";
import { specOf } from "../../../config/spec.ts";
import { CliError } from "../../../core/errors.ts";
import { tokenShapes } from "../../../systems/token-shapes.ts";
import { explain } from "../../render/explain.ts";
import { settledVault } from "../settled-vault.ts";
import { worldOptions } from "../world-options.ts";
import { isAsked, type Answers } from "./answers.ts";
import type { Walk } from "./question.ts";
import type { Wizard } from "./wizard.ts";

/** Whether there is a plan: what bootstrap would do with these answers. What stops it is told. */
export async function plan({ call, terminal, config }: Wizard, { answers }: Walk): Promise<boolean> {
  terminal.err(`\n${terminal.chalk.bold("The plan")}, as vault-k8s plan shows it in full:\n`);
  try {
    const resolved = await settled({ call, terminal, config }, answers);
    const spec = specOf(resolved.settings);
    const [{ openWorld }, { review }] = await Promise.all([import("../../../run/world/open.ts"), import("./review.ts")]);
    const world = await openWorld(spec, worldOptions(call, { spec, resolved, terminal }));
    try {
      await world.look(() => review(world, spec, terminal));
      return true;
    } finally {
      await world.close();
    }
  } catch (error) {
    if (!(error instanceof CliError) || call.host.signal.aborted) throw error;
    terminal.err(`${explain(error, terminal)}`);
    return false;
  }
}

/** Settings as bootstrap will have them: the answers, what else the file says, and the environment. */
export async function settled(
  { call: { flags, host }, terminal, config }: Pick<Wizard, "call" | "terminal" | "config">,
  answers: Answers,
): Promise<Resolved> {
  const rest = { ...config.top, ...config.cluster(String(answers.cluster)) };
  const unasked = Object.fromEntries(Object.entries(rest).filter(([name]) => !isAsked(name)));
  const said = Object.fromEntries(
    Object.entries({ ...unasked, ...flags, ...answers }).filter(([name, value]) => value !== undefined && name !== "config"),
  );
  const given = await resolveSettings({
    flags: said as Flags,
    env: host.env,
    cwd: path.dirname(config.file),
    noFile: true,
    shapes: tokenShapes,
  });
  const resolved = await settledVault(given, "choose", host, terminal);
  checkCrossFieldRules(resolved);
  return resolved;
}
