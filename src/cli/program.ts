import { Command as Commander } from "commander";
import type { Call, Command } from "./commands/command.ts";
import { fieldsOf, otherFields } from "./commands/own-fields.ts";
import { commands } from "./commands/table.ts";
import { runFields, targetFields } from "../config/field-groups.ts";
import { failure, kinds } from "../errors.ts";
import type { FieldName } from "../config/fields.ts";
import { helpStyle, restText } from "./help.ts";
import { ownOption, settingOptions, typed } from "./options.ts";
import { sectionOf } from "./sections.ts";
import { calledAs } from "./called-as.ts";

type Given = ReturnType<typeof typed> & Pick<Call, "commands">;

/** Called with what was typed, once it is understood. */
export type OnCommand = (command: Command, given: Given, args: readonly string[]) => Promise<void>;

/** The command tree. Options of a command are made when it is chosen. @param helpAll Help has every option. */
export function program(version: string, out: (text: string) => void, onCommand: OnCommand, helpAll = false): Commander {
  const root = new Commander(calledAs())
    .description("From an empty Kubernetes cluster to applications that get their secrets from HashiCorp Vault.")
    .version(version, "-V, --version", "Show the version")
    .helpOption("-h, --help", "Show help; COMMAND --help shows what a command takes")
    .helpCommand(false)
    .exitOverride()
    .configureHelp(helpStyle(helpAll))
    // Errors are thrown and explained in one place.
    .configureOutput({
      writeOut: out,
      writeErr: () => undefined,
      outputError: () => undefined,
      getOutHelpWidth: () => Math.min(process.stdout.columns ?? 80, 80),
    })
    .addHelpText("after", `\nStart with:\n  ${calledAs()} bootstrap --cluster NAME --dry-run`);
  addOptions(root, [...targetFields, ...runFields]);
  for (const command of commands) add(root, command, onCommand, helpAll);
  return root;
}

function add(root: Commander, command: Command, onCommand: OnCommand, helpAll: boolean): void {
  const words = command.name.split(" ");
  const parent = words.length === 1 ? root : (root.commands.find((each) => each.name() === words[0]) ?? group(root, words[0] ?? ""));
  const node = parent
    .command(words.at(-1) ?? "")
    .summary(command.summary)
    .description([command.summary, command.about].filter(Boolean).join(".\n\n"))
    .helpGroup(parent === root ? `${command.group}:` : "Commands:")
    .helpOption("-h, --help", "Show this help")
    .configureHelp({ ...helpStyle(helpAll), ...(command.local === true && { visibleOptions: () => [] }) });
  if (command.local !== true) node.addHelpText("after", () => restText(node, helpAll));
  for (const { name, help } of command.arguments ?? []) node.argument(name.startsWith("[") ? name : `<${name}>`, help);
  for (const option of command.options ?? []) node.addOption(ownOption(option));
  node.action(async () => {
    const given = typed(node);
    refuseSeveral(command, given.clusters);
    await onCommand(command, { ...given, commands }, node.args);
  });
  parent.hook("preSubcommand", (_, chosen) => {
    if (chosen !== node) return;
    addOptions(node, fieldsOf(command));
    if (command.local !== true) addHidden(node, otherFields(command));
  });
}

function refuseSeveral({ name, manyClusters }: Command, clusters: readonly string[]): void {
  if (manyClusters === true || new Set(clusters).size < 2) return;
  throw failure(kinds.usage, {
    what: `${name} is about one cluster, and --cluster names ${clusters.join(" and ")}`,
    fix: "Run it once for each.",
  });
}

/** A word that only gathers commands, such as `operator`. */
const group = (root: Commander, name: string): Commander =>
  root
    .command(name)
    .summary(groups[name]?.summary ?? "")
    .helpCommand(false)
    .helpGroup(groups[name]?.under ?? "Its steps, each alone:");

const groups: Readonly<Record<string, { readonly summary: string; readonly under: string }>> = {
  operator: {
    summary: "init, unseal, retire-root, renew-token, generate-root: named after vault's own commands",
    under: "Its steps, each alone:",
  },
  fleet: {
    summary: "list, plan, apply, status, verify, doctor, rotate-reviewer, teardown: many clusters with one Vault",
    under: "Many clusters:",
  },
  config: {
    summary: "view: the settings, and where each comes from; save: write them into vault-k8s.yaml; compare: what wants a review",
    under: "Look and help:",
  },
};

/** Settings of other commands: taken, so that one set of flags serves a whole run, and left alone. What the command has itself goes first. */
function addHidden(node: Commander, names: readonly FieldName[]): void {
  const taken = new Set(node.options.map(({ long }) => long));
  for (const option of names.flatMap((name) => settingOptions(name, sectionOf(name))))
    if (!taken.has(option.long)) node.addOption(option.hideHelp());
}

function addOptions(node: Commander, names: readonly FieldName[]): void {
  for (const option of names.flatMap((name) => settingOptions(name, sectionOf(name)))) node.addOption(option);
}
