import { checkCrossFieldRules } from "../../config/cross-field-rules.ts";
import { requireCluster, resolveSettings, type Resolved } from "../../config/resolve.ts";
import type { Environment } from "../../config/environment.ts";
import { table } from "../../config/keys.ts";
import { specOf, type Spec } from "../../config/spec.ts";
import { refuseUnusable, settleVault } from "../../config/which-vault.ts";
import { failure, kinds } from "../../errors.ts";
import { askTrust } from "../trusted-files.ts";
import { prompts, type Prompts } from "../render/prompts.ts";
import { openTerminal, type Terminal } from "../render/terminal.ts";
import type { Call } from "./command.ts";
import { settledVault, tellDropped } from "./settled-vault.ts";
import { tokenShapes } from "../../systems/token-shapes.ts";

/** What a command needs before it does anything. */
export interface Prepared {
  readonly spec: Spec;
  readonly resolved: Resolved;
  readonly terminal: Terminal;
  readonly prompts: Prompts;
}

/**
 * Settles what a call wants and looks at the terminal. `flagsOnly`: neither the environment nor a file says anything, but for a CA that is only a
 * fallback. `showsOnly`: nothing
 * is run with the settings, so that nobody has to mean them. `inFleet`: what the file says for the fleet counts too.
 * @throws CliError for settings that cannot be used.
 */
export async function prepare(
  { command, flags, host }: Call,
  { flagsOnly = false, showsOnly = false, inFleet = false } = {},
): Promise<Prepared> {
  const { env, cwd, streams, signal } = host;
  const given = await resolveSettings(
    flagsOnly ? { flags, env: caOnly(env), cwd, noFile: true, shapes: tokenShapes } : { flags, env, cwd, inFleet, shapes: tokenShapes },
  );
  if (given.settings.output === "jsonl" && command.lines !== true) throw noLines(command.name);
  const terminal = openTerminal(streams, env, given.settings.color);
  const resolved = await (showsOnly ? settleVault(given, command.vault) : settledVault(given, command.vault, host, terminal));
  if (!showsOnly) refuseUnusable(resolved);
  checkCrossFieldRules(resolved);
  tellDropped(given, resolved, terminal);
  const asking = prompts(terminal, resolved.settings.noInput, signal);
  if (!showsOnly) await askTrust(resolved, { terminal, prompts: asking, env });
  return { spec: specOf(resolved.settings), resolved, terminal, prompts: asking };
}

const noLines = (name: string): Error =>
  failure(kinds.usage, {
    what: `${name} prints no lines of JSON`,
    why: "-o jsonl is of the commands that work on a fleet.",
    fix: "Use -o json.",
  });

const caOnly = (env: Environment): Environment =>
  Object.fromEntries(Object.entries(env).filter(([name]) => (table.caCert.env as readonly string[]).includes(name)));

export interface ForCluster extends Prepared {
  readonly cluster: string;
}

/** The same for a command that is about one cluster. @throws CliError VK1001 when none was named. */
export async function prepareForCluster(call: Call, from?: { readonly flagsOnly: boolean }): Promise<ForCluster> {
  const prepared = await prepare(call, from);
  return { ...prepared, cluster: requireCluster(prepared.resolved) };
}
