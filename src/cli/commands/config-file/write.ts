import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { loadConfigFile } from "../../../config/file.ts";
import { steeredBy } from "../../../config/steering.ts";
import { trust } from "../../trusted-files.ts";
import type { Host } from "../command.ts";
import { configSchema } from "../../../config/schema.ts";
import { failure, kinds } from "../../../errors.ts";
import type { ConfigFile } from "./existing.ts";
import { asksForSchema, schemaName } from "./document.ts";

/**
 * Writes the configuration file, and beside it the schema that it names.
 * @param config what the file said when the wizard began
 * @throws CliError VK1009 where it cannot be written, or says something else by now
 */
export function writeConfig({ file, text: before, shown }: ConfigFile, text: string): void {
  const now = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  if (now !== before)
    throw failure(kinds.badInput, {
      what: `${shown} was changed by somebody else meanwhile`,
      why: "It is left as it is.",
      fix: "Run the same command again: it begins with what the file says now.",
    });
  writeWhole(file, text);
  const schema = path.join(path.dirname(file), schemaName);
  if (asksForSchema(text) && isOurs(schema)) writeWhole(schema, `${JSON.stringify(configSchema(), undefined, 2)}\n`);
}

/** A file that a person made here is meant as it is. */
export async function asMeant({ file }: ConfigFile, { cwd, env }: Host): Promise<void> {
  const made = await loadConfigFile(file, cwd);
  if (made !== undefined) await trust(made.absolute, steeredBy(made), env);
}

/** Whether nothing is lost by writing the schema there. */
function isOurs(file: string): boolean {
  if (!existsSync(file)) return true;
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { $id?: unknown } | null)?.$id === configSchema()["$id"];
  } catch {
    return false;
  }
}

/** The whole file or nothing. */
function writeWhole(file: string, text: string): void {
  const beside = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}`);
  try {
    writeFileSync(beside, text, { flag: "wx", mode: 0o644, flush: true });
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw failure(kinds.badInput, {
      what: `${file} cannot be written`,
      why: (error as NodeJS.ErrnoException).code,
      fix: "Go to a folder of yours, or name another file with -f.",
    });
  }
}
