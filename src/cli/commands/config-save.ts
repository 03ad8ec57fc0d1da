import { existsSync } from "node:fs";
import { checkCrossFieldRules } from "../../config/cross-field-rules.ts";
import { resolveSettings, type Resolved } from "../../config/resolve.ts";
import { settleVault } from "../../config/which-vault.ts";
import { table } from "../../config/keys.ts";
import { exitCodes } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import { tokenShapes } from "../../systems/token-shapes.ts";
import { prompts } from "../render/prompts.ts";
import { openTerminal, type Terminal } from "../render/terminal.ts";
import { wrap } from "../render/wrap.ts";
import { askTrust } from "../trusted-files.ts";
import { withSettings } from "./config-file/add.ts";
import { configFile, fileOf, type ConfigFile } from "./config-file/existing.ts";
import { sorted, type Sorted } from "./config-file/kept.ts";
import { asMeant, writeConfig } from "./config-file/write.ts";
import type { Call, Run } from "./command.ts";

/** Writes what the command line says into vault-k8s.yaml, so that it need not be typed again. Sends nothing. */
export const run: Run = async (call) => {
  const { flags, host } = call;
  const exists = existsSync(fileOf(call));
  const resolved = await settled(call, exists);
  const terminal = openTerminal(host.streams, host.env, resolved.settings.color);
  await askTrust(resolved, { terminal, prompts: prompts(terminal, flags.noInput === true, host.signal), env: host.env });
  const config = configFile(call);
  const found = await sorted(call, config.file, exists);
  const text = withSettings(config.text, resolved.settings.cluster, found.kept);
  if (resolved.settings.dryRun) terminal.out(text);
  else if (found.kept.length > 0) {
    writeConfig(config, text);
    await asMeant(config, host);
  }
  if (!resolved.settings.quiet) say(terminal, config, found, resolved.settings.dryRun);
  return exitCodes.done;
};

/** All that would count with these flags: what contradicts is not written. @throws CliError VK1001, VK1003, VK1004, VK1005 */
async function settled({ command, flags, host: { env, cwd } }: Call, exists: boolean): Promise<Resolved> {
  if (!Object.keys(flags).some((name) => table[name as keyof typeof table].key !== undefined))
    throw failure(kinds.usage, {
      what: "There is nothing to save",
      why: "No setting was said.",
      fix: "Add the flags of bootstrap, such as --cluster NAME; vault-k8s bootstrap --help-all lists them.",
    });
  const resolved = await settleVault(await resolveSettings({ flags, env, cwd, noFile: !exists, shapes: tokenShapes }), command.vault);
  checkCrossFieldRules(resolved);
  return resolved;
}

function say({ chalk, err, symbols, columns }: Terminal, { shown }: ConfigFile, { kept, secret, placeless }: Sorted, dry: boolean): void {
  const keys = kept.map(({ name }) => table[name].key).join(", ");
  const wrote = `${shown} ${dry ? "would be written" : "written"}: ${keys}`;
  const done = kept.length === 0 ? `${shown} says all of this already, or it is the default` : wrote;
  err(`${chalk.green(symbols.done)} ${wrap(done, "  ", columns).trimStart()}\n`);
  const left = (what: string): void => err(`${chalk.yellow(symbols.notice)} ${wrap(what, "  ", columns).trimStart()}\n`);
  if (secret.length > 0) left(`Not written, since it looks like a secret: ${secret.join(", ")}`);
  if (placeless.length > 0) left(`Not written, since it is for one run: ${placeless.join(", ")}`);
}
