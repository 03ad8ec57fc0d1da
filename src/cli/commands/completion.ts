import { exitCodes } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import { oneLine } from "../../systems/printable.ts";
import type { Call, Run } from "./command.ts";
import { candidates } from "./completion/candidates.ts";
import { scripts } from "./completion/scripts.ts";

/** Prints the script of a shell; that script asks for candidates. */
export const run: Run = async ({ args, host, commands }) => {
  const [what = "", ...words] = args;
  if (what === "candidates") host.streams.stdout.write(await lines(words, { host, commands }));
  else host.streams.stdout.write(scriptFor(what));
  return exitCodes.done;
};

function scriptFor(shell: string): string {
  const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
  if (script !== undefined) return script;
  throw failure(kinds.usage, {
    what: `There is no completion for "${oneLine(shell)}"`,
    fix: `It is one of ${Object.keys(scripts).join(", ")}.`,
  });
}

/** Whatever goes wrong, the person who types sees nothing of it. */
async function lines(words: readonly string[], call: Pick<Call, "host" | "commands">): Promise<string> {
  const found = await candidates(words.length === 0 ? [""] : words, call).catch(() => []);
  return found.map(({ word, meaning }) => `${oneLine(word)}\t${oneLine(meaning)}\n`).join("");
}
