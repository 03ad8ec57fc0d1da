import { existsSync } from "node:fs";
import type { Terminal } from "../../render/terminal.ts";
import type { Call } from "../command.ts";
import { commandLinesFor } from "../command-lines.ts";
import { fileOf } from "./existing.ts";
import { sorted } from "./kept.ts";

/**
 * The line that keeps the settings of this command line, for a person at a terminal. None where a file holds them, and where there is but the
 * cluster's name, which every command asks for.
 */
export async function saveLine(call: Call, { interactive }: Pick<Terminal, "interactive">): Promise<readonly string[]> {
  if (!interactive) return [];
  const { kept } = await sorted(call, fileOf(call), existsSync(fileOf(call)));
  if (kept.every(({ name }) => name === "cluster")) return [];
  const { cluster, config } = call.flags;
  const flags = {
    ...(cluster !== undefined && { cluster }),
    ...(config !== undefined && { config }),
    ...Object.fromEntries(kept.map(({ name, said }) => [name, said])),
  };
  return [commandLinesFor({ flags, commands: call.commands }).own("config save")];
}
