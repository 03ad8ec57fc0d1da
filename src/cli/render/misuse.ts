import type { CommanderError } from "commander";
import { fieldNames, table } from "../../config/keys.ts";
import { nearest } from "../../config/nearest.ts";
import type { CliError } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";

/** VK1001 for a command line that does not fit, with the word that was meant where it can be guessed. */
export function misuse({ message, code }: CommanderError, argv: readonly string[]): CliError {
  const [what = "", ...hints] = message
    .replace(/^error: /, "")
    // What stands after a misspelt --token= may be one.
    .replace(/(option '--?[^'=]+)=[^']*'/, "$1'")
    .replace(/option '(-[^']*?) <value>' argument missing/, "$1 needs a value")
    .split("\n");
  const command = argv
    .filter((word) => /^[a-z-]+$/.test(word) && !word.startsWith("-"))
    .slice(0, 1)
    .join(" ");
  if (code === "commander.help")
    return failure(kinds.usage, {
      what: "No command was named",
      fix: `vault-k8s ${command === "" ? "" : `${command} `}--help lists the commands.`,
    });
  return failure(kinds.usage, {
    what: `${what.charAt(0).toUpperCase()}${what.slice(1)}`,
    why: hints.join(" ").replace(/^\(|\)$/g, "") || suggestion(what),
    fix: "vault-k8s COMMAND --help shows what a command takes; vault-k8s --help lists the commands.",
  });
}

function suggestion(what: string): string | undefined {
  const flag = /^unknown option '--([^'=]+)/.exec(what)?.[1];
  const meant =
    flag === undefined
      ? undefined
      : nearest(
          flag,
          fieldNames.map((name) => table[name].flag),
        );
  return meant === undefined ? undefined : `Did you mean --${meant}?`;
}
