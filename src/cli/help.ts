import { Help, type Command, type HelpConfiguration, type Option } from "commander";
import { SettingOption } from "./options.ts";

const widestTerm = 28;
const narrowest = 40;

/** Help of a node that only gathers commands: their common options would hide them. */
export const gatheringHelp: HelpConfiguration = {
  visibleOptions: (command) => own(command).filter((option) => !(option instanceof SettingOption)),
};

/** Help that fits 80 columns: long terms have their text in the line below, and a command's help shows the common options too. */
export const helpStyle: HelpConfiguration = {
  minWidthToWrap: 20,
  subcommandTerm: (command) => command.name(),
  optionTerm: (option) => (option instanceof SettingOption ? option.shown : option.flags),
  commandUsage: (command) =>
    `${path(command)}${command.registeredArguments.map((each) => ` ${each.required ? each.name() : `[${each.name()}${each.variadic ? "..." : ""}]`}`).join("")}${isGathering(command) ? " COMMAND" : ""} [options]`,
  visibleOptions: allOptions,
  padWidth: (command, helper) =>
    Math.min(
      widestTerm,
      Math.max(
        longest(helper.visibleOptions(command).map((option) => helper.optionTerm(option))),
        longest(helper.visibleCommands(command).map((each) => helper.subcommandTerm(each))),
      ),
    ),
  formatItem: (term, width, text, helper) => item(term, width, text, helper),
};

/** The root, and a word such as `operator`, do nothing by themselves. */
const isGathering = (command: Command): boolean => command.parent === null || command.description() === "";
const path = (command: Command): string => (command.parent === null ? command.name() : `${path(command.parent)} ${command.name()}`);
const longest = (terms: readonly string[]): number => Math.max(0, ...terms.map((term) => term.length));
const own = (command: Command): readonly Option[] => new Help().visibleOptions(command);

function allOptions(command: Command): Option[] {
  const common = root(command).options.filter((option) => !option.hidden && option instanceof SettingOption);
  return [...own(command), ...common];
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
