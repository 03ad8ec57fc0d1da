import { Help, type Command, type HelpConfiguration, type Option } from "commander";
import { commonFields } from "../config/field-groups.ts";
import { SettingOption } from "./options.ts";

const widestTerm = 28;
const narrowest = 40;

/**
 * Help that fits 80 columns: long terms have their text in the line below. A node that only gathers commands has the options of none.
 * @param all Every option that means something to the command, not only those that most command lines have.
 */
export const helpStyle = (all: boolean): HelpConfiguration => ({
  minWidthToWrap: 20,
  subcommandTerm: (command) => command.name(),
  optionTerm: (option) => (option instanceof SettingOption ? option.shown : option.flags),
  commandUsage: (command) =>
    `${path(command)}${command.registeredArguments.map((each) => ` ${each.required ? each.name() : `[${each.name()}${each.variadic ? "..." : ""}]`}`).join("")}${isGathering(command) ? " COMMAND" : ""} [options]`,
  visibleOptions: (command) => (isGathering(command) && !all ? ofProgram(command) : optionsOf(command, all).shown),
  // In the order in which they are shown; commander has it by the order in which they were made.
  groupItems: (_, shown, heading) => Map.groupBy(shown, heading),
  padWidth: (command, helper) =>
    Math.min(
      widestTerm,
      Math.max(
        longest(helper.visibleOptions(command).map((option) => helper.optionTerm(option))),
        longest(helper.visibleCommands(command).map((each) => helper.subcommandTerm(each))),
      ),
    ),
  formatItem: (term, width, text, helper) => item(term, width, text, helper),
});

/** What stands below a command's help: the subjects of what is left out. Empty where nothing is. */
export function restText(command: Command, all: boolean): string {
  const { hidden } = optionsOf(command, all);
  if (hidden.length === 0) return "";
  const subjects = [...new Set(hidden.map(({ helpGroupHeading = "" }) => lower(helpGroupHeading.replace(/:$/, ""))))];
  const text = `--help-all shows ${hidden.length} more options: ${subjects.join("; ")}.`;
  return `\n${new Help().boxWrap(text, Math.min(process.stdout.columns ?? 80, 80))}`;
}

const lower = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;

/** The root, and a word such as `operator`, do nothing by themselves. */
const isGathering = (command: Command): boolean => command.parent === null || command.description() === "";
const path = (command: Command): string => (command.parent === null ? command.name() : `${path(command.parent)} ${command.name()}`);
const longest = (terms: readonly string[]): number => Math.max(0, ...terms.map((term) => term.length));
const ofProgram = (command: Command): Option[] => new Help().visibleOptions(command).filter((option) => !(option instanceof SettingOption));

/** More settings than these stand under headings, and behind --help-all. */
const fewSettings = 20;

/** What the help of a command shows, in its order, and what it leaves out. */
function optionsOf(command: Command, all: boolean): { readonly shown: Option[]; readonly hidden: Option[] } {
  const visible = (options: readonly Option[]): SettingOption[] =>
    options.filter((option) => option instanceof SettingOption).filter(({ hidden }) => !hidden);
  const inherited = command.parent === null ? [] : visible(root(command).options);
  const [settings, extra] = parted(visible(command.options), ({ setting }) => setting !== undefined);
  const [common, rest] = parted([...settings, ...inherited], isCommon);
  const own = settings.filter((option) => !isCommon(option));
  const few = own.length <= fewSettings;
  const left = few ? rest.filter((option) => !own.includes(option)) : rest;
  return {
    shown: [
      ...extra,
      ...inOrder(common).map((option) => copy(option, commonHeading)),
      ...helpOptions(command, all),
      ...(few ? own.map((option) => copy(option, "Its settings:")) : []),
      ...(all ? left : []),
    ],
    hidden: all ? [] : left,
  };
}

const commonHeading = "Common options:";
const isCommon = ({ setting }: SettingOption): boolean => setting !== undefined && commonFields.includes(setting);
const inOrder = (options: readonly SettingOption[]): SettingOption[] =>
  commonFields.flatMap((name) => options.filter(({ setting }) => setting === name));

/** The same option below another heading of the help. */
const copy = ({ flags, description, shown, setting }: SettingOption, heading: string): Option =>
  new SettingOption(flags, description, shown, setting).helpGroup(heading);

/** -h, and on the whole program's help -V too. */
function helpOptions(command: Command, all: boolean): Option[] {
  const flags = ofProgram(command);
  const more = new SettingOption("--help-all", "Show every option", "--help-all");
  return [...flags, ...(all ? [] : [more])].map((option) => option.helpGroup(commonHeading));
}

function parted<T>(all: readonly T[], is: (each: T) => boolean): [T[], T[]] {
  return [all.filter(is), all.filter((each) => !is(each))];
}

const root = (command: Command): Command => (command.parent === null ? command : root(command.parent));

function item(term: string, width: number, text: string, helper: Help): string {
  const columns = helper.helpWidth ?? 80;
  // On a narrow terminal the text stands below its term.
  const beside = columns - width - 4 >= narrowest;
  const indent = " ".repeat(beside ? width + 4 : 6);
  const lines = helper
    .boxWrap(text, columns - indent.length)
    .split("\n")
    .join(`\n${indent}`);
  return term.length > width || !beside ? `  ${term}\n${indent}${lines}` : `  ${term.padEnd(width)}  ${lines}`;
}
