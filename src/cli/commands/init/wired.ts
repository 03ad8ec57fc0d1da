import type { Flags } from "../../../config/sources.ts";
import { specOf } from "../../../config/spec.ts";
import { CliError } from "../../../core/errors.ts";
import { inVault, type InVault } from "../../../doctor/facts/in-vault.ts";
import { oneLine } from "../../../systems/printable.ts";
import { wrap } from "../../render/wrap.ts";
import type { Given } from "../../found/choose.ts";
import { worldOptions } from "../world-options.ts";
import type { Answers } from "./answers.ts";
import { settled } from "./plan.ts";
import type { Walk } from "./question.ts";
import type { WiredInVault } from "./wired-in-vault.ts";
import type { Wizard } from "./wizard.ts";

/** Looks in the Vault that was chosen, with a token where there is one. Undefined where it cannot be asked, which is said. */
export async function wiredIn(wizard: Wizard, { answers, found }: Walk): Promise<WiredInVault | undefined> {
  if (found === undefined) return undefined;
  const { call, terminal, config } = wizard;
  try {
    const resolved = await settled(wizard, answers);
    const spec = specOf(resolved.settings);
    const { openWorld } = await import("../../../run/world/open.ts");
    const world = await openWorld(spec, worldOptions(call, { spec, resolved, terminal }));
    try {
      const said: Answers = { ...config.top, ...config.cluster(String(answers.cluster)), ...(call.flags as Answers) };
      const isSaid: Given["isSaid"] = (name) => said[name] !== undefined;
      const settle = async (more: Flags) => (await settled(wizard, { ...answers, ...(more as Answers) })).settings;
      return { cluster: found.wiring, vault: await world.look(inVault), given: { settings: resolved.settings, isSaid }, settle };
    } finally {
      await world.close();
    }
  } catch (error) {
    if (!(error instanceof CliError) || call.host.signal.aborted) throw error;
    terminal.err(
      `\n${wrap(`${terminal.chalk.yellow(terminal.symbols.notice)} What is wired in that Vault already is not known: ${oneLine(error.words)}`, "  ", terminal.columns)}\n`,
    );
    return undefined;
  }
}

/** Auth mounts of this cluster that somebody made, or that have another name than ours would. */
export const madeByOthers = ({ wired, answers }: Walk): InVault["logins"] =>
  (wired?.vault.logins ?? []).filter(({ isOurs, mount }) => !isOurs || mount !== (answers.authMount ?? `k8s-${String(answers.cluster)}`));

/** Whether bootstrap would meet what bears no mark: adopt comes first. */
export const isTakenOver = ({ wired, answers }: Walk): boolean =>
  wired?.vault.logins.some(({ isOurs, mount }) => !isOurs && mount === answers.authMount) === true;
