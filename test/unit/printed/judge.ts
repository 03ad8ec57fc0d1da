import { commands } from "../../../src/cli/commands/table.ts";
import type { Command } from "../../../src/cli/commands/command.ts";
import { program } from "../../../src/cli/program.ts";
import { checkCrossFieldRules } from "../../../src/config/cross-field-rules.ts";
import { fieldNames, table } from "../../../src/config/keys.ts";
import { requireCluster, resolveSettings } from "../../../src/config/resolve.ts";
import type { Flags } from "../../../src/config/sources.ts";
import { refuseUnusable, settleVault } from "../../../src/config/which-vault.ts";
import { tokenShapes } from "../../../src/systems/token-shapes.ts";
import { typedInBash } from "./shell.ts";
import flags from "./flags.json" with { type: "json" };

type Words = readonly string[];

/** What is wrong with a line that is to be typed as it stands; nothing where it works as far as its words decide that. */
export async function wrongWith(line: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [name = "", ...args] of typedInBash(line)) {
    const wrong = name === "vault-k8s" ? await ours(args) : theirs(name as keyof typeof flags, args);
    if (wrong !== undefined) found.push(`${[name, ...args].join(" ")}: ${wrong}`);
  }
  return found;
}

/** Parsed by the program itself, its settings settled as a run settles them; no file and no variable says anything. */
async function ours(args: Words): Promise<string | undefined> {
  try {
    await program("0", () => undefined, settled).parseAsync([...args], { from: "user" });
    const inner = args.indexOf("--");
    return args[1] === "generate-root" && args[inner + 1] === "vault-k8s" && inner >= 0 ? await ours(args.slice(inner + 2)) : undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

async function settled(command: Command, { flags: typed }: { readonly flags: Flags }): Promise<void> {
  if (command.local === true) return;
  const resolved = await settleVault(
    await resolveSettings({ flags: typed, env: {}, cwd: "/", noFile: true, shapes: tokenShapes }),
    command.vault,
  );
  refuseUnusable(resolved);
  checkCrossFieldRules(resolved);
  if (command.manyClusters !== true) requireCluster(resolved);
}

/** Against what the help of the program itself lists (flags.json, which the lab holds against the real ones). */
function theirs(name: keyof typeof flags, args: Words): string | undefined {
  const known: Readonly<Record<string, Words>> = flags[name];
  const everywhere = known[""] ?? [];
  const words = withoutFlags(args, everywhere);
  const subcommand = Object.keys(known)
    .filter((one) => one !== "" && `${words.join(" ")} `.startsWith(`${one} `))
    .sort((a, b) => b.length - a.length)[0];
  if (subcommand === undefined) return "not a command that is known here";
  const own = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  const strange = own
    .filter((word) => /^-{1,2}[A-Za-z]/.test(word))
    .map((word) => word.replace(/=.*/s, ""))
    .filter((flag) => !flag.endsWith("X"))
    .find((flag) => ![...everywhere, ...(known[subcommand] ?? [])].includes(flag));
  return strange === undefined ? undefined : `${subcommand} has no ${strange}`;
}

/** The words that name a subcommand: flags that stand before it, and their values, are left out. */
function withoutFlags(args: Words, everywhere: Words): Words {
  const words: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    if (!word.startsWith("-")) words.push(word);
    else if (words.length === 0 && !word.includes("=") && everywhere.includes(word)) at++;
  }
  return words;
}

/** What a sentence goes on with is no subcommand; what has flags is meant as one. */
const isProse = (args: Words): boolean => !args.some((word) => word.startsWith("-"));

/**
 * What is wrong with a command that a sentence names: whether there is such a subcommand, and the flags that stand right behind it. Values that are
 * filled in are not looked at, and where its words end and the sentence goes on is not known.
 */
export function mentioned([name = "", ...args]: Words): string | undefined {
  const wrong = name === "vault-k8s" ? ourMention(args) : isProse(args) ? undefined : theirs(name as keyof typeof flags, args);
  return wrong === undefined ? undefined : `${[name, ...args].join(" ")}: ${wrong}`;
}

function ourMention(args: Words): string | undefined {
  const command = commands
    .filter(({ name }) => `${args.join(" ")} `.startsWith(`${name} `))
    .sort((one, other) => other.name.length - one.name.length)[0];
  if (command === undefined) return isProse(args) || args[0] === "--help" ? undefined : "not a command of ours";
  const rest = args.slice(command.name.split(" ").length);
  const own = rest.slice(0, rest.includes("--") ? rest.indexOf("--") : undefined);
  const taken = new Set([
    "help",
    "help-all",
    ...(command.options ?? []).map(({ flag }) => flag),
    ...(command.local === true ? [] : settingFlags),
  ]);
  const strange = own.filter((word) => /^--[a-z]/.test(word)).find((word) => !taken.has(word.slice(2).replace(/=.*/, "")));
  return strange === undefined ? undefined : `${command.name} has no ${strange}`;
}

const settingFlags = fieldNames.flatMap((field) => [table[field].flag, `no-${table[field].flag}`]);
