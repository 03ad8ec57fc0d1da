import { appendFile, mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Environment } from "../config/environment.ts";
import type { Resolved } from "../config/resolve.ts";
import { digestOf, type Steered } from "../config/steering.ts";
import { homeIn } from "../core/home.ts";
import { oneLine } from "../systems/printable.ts";
import { failure, kinds } from "../errors.ts";
import type { Prompts } from "./render/prompts.ts";
import type { Terminal } from "./render/terminal.ts";

/** Where a yes is kept: lines of a digest over the settings and the file's path. https://specifications.freedesktop.org/basedir-spec/latest/ */
const storeFile = (env: Environment): string =>
  path.join(env["XDG_STATE_HOME"] || path.join(homeIn(env) ?? "/dev/null", ".local/state"), "vault-k8s", "trusted");

const lineOf = (absolute: string, steered: readonly Steered[]): string => `${digestOf(steered)}  ${JSON.stringify(absolute)}`;

type FoundFile = Pick<NonNullable<Resolved["file"]>, "absolute" | "shown" | "found" | "steered">;

/**
 * What a file that was only found says of programs, and of where keys and tokens go, counts after one yes of the person at the terminal.
 * Without a terminal it counts as it is: a pipeline checks its folder out on purpose, and `refuseForeign` looked whose it is.
 * @throws CliError VK1002 when the answer is no, VK1007 where there is a terminal and nobody may be asked.
 */
export async function askTrust(
  { file }: { readonly file?: FoundFile },
  { terminal, prompts, env }: { readonly terminal: Terminal; readonly prompts: Prompts; readonly env: Environment },
): Promise<void> {
  if (file === undefined || !file.found || file.steered.length === 0 || !terminal.interactive) return;
  if (await isTrusted(file.absolute, file.steered, env)) return;
  if (!prompts.possible)
    throw failure(kinds.notConfirmed, {
      what: `${file.shown} was found in this folder, and says what is run and where keys and tokens go`,
      why: "Nobody said yet that it is meant, and --no-input forbids to ask.",
      fix: `Read it, and name it: -f ${file.shown}`,
    });
  terminal.err(`${oneLine(file.absolute)} was found in this folder. It says what is run, and where keys and tokens go:\n`);
  for (const each of file.steered) terminal.err(`  ${shownLine(each)}\n`);
  await prompts.confirm("Do you mean these?");
  await trust(file.absolute, file.steered, env);
}

function shownLine({ key, cluster, raw }: Steered): string {
  const value = typeof raw === "string" ? raw : raw.join(", ");
  return oneLine(`${cluster === undefined ? "" : `clusters.${cluster}.`}${key}: ${value}`);
}

async function isTrusted(absolute: string, steered: readonly Steered[], env: Environment): Promise<boolean> {
  const text = await readFile(storeFile(env), "utf8").catch(() => "");
  return text.split("\n").includes(lineOf(absolute, steered));
}

/** Remembers that these settings of this file are meant; where that cannot be kept, the next run asks again. */
export async function trust(absolute: string, steered: readonly Steered[], env: Environment): Promise<void> {
  if (steered.length === 0 || (await isTrusted(absolute, steered, env))) return;
  const file = storeFile(env);
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await appendFile(file, `${lineOf(absolute, steered)}\n`, { mode: 0o600 });
  } catch {
    // A home that cannot be written is no reason to stop.
  }
}
