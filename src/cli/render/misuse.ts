import type { CommanderError } from "commander";
import { fieldNames, table } from "../../config/keys.ts";
import { commands } from "../commands/table.ts";
import { nearest } from "../../config/nearest.ts";
import type { CliError } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import { calledAs } from "../called-as.ts";

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
      fix: `${calledAs()} ${command === "" ? "" : `${command} `}--help lists the commands.`,
    });
  return failure(kinds.usage, {
    what: `${what.charAt(0).toUpperCase()}${what.slice(1)}`,
    why: whose(what) ?? (hints.join(" ").replace(/^\(|\)$/g, "") || suggestion(what)),
    fix: `${calledAs()} COMMAND --help-all shows all that a command takes; ${calledAs()} --help lists the commands.`,
  });
}

const unknownFlag = (what: string): string | undefined => /^unknown option '--([^'=]+)/.exec(what)?.[1];

/** An option of other commands is named with them. */
function whose(what: string): string | undefined {
  const flag = unknownFlag(what);
  const owners = commands.filter(({ options = [] }) => options.some((option) => option.flag === flag)).map(({ name }) => name);
  return owners.length === 0 ? undefined : `--${flag} is an option of ${owners.join(" and ")} alone.`;
}

function suggestion(what: string): string | undefined {
  const flag = unknownFlag(what);
  const flags = fieldNames.map((name) => table[name].flag).filter((each) => each !== flag);
  const meant = flag === undefined ? undefined : nearest(flag, flags);
  return meant === undefined ? undefined : `Did you mean --${meant}?`;
}
