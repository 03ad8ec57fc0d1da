import type { Command } from "../../src/cli/commands/command.ts";
import { fieldsOf } from "../../src/cli/commands/own-fields.ts";
import { commands } from "../../src/cli/commands/table.ts";
import { runFields, targetFields } from "../../src/config/field-groups.ts";
import { exitCodes } from "../../src/core/errors.ts";
import { code, generated, tableOf } from "./markdown.ts";
import { settingHeads, settingRow } from "./settings.ts";

export const fileOf = ({ name }: Command): string => `${name.replaceAll(" ", "-")}.md`;

/** docs/commands/<name>.md */
export function commandPage(command: Command): string {
  const own = fieldsOf(command);
  const words = (command.arguments ?? []).map(({ name }) => ` ${name}`).join("");
  const parts = [
    generated,
    `# vault-k8s ${command.name}`,
    `${command.summary}.`,
    ...(command.about === undefined ? [] : [command.about]),
    `    vault-k8s ${command.name}${words} [options]`,
    ...args(command),
    ...flags(command, own.map(settingRow)),
    ...exits(command),
  ];
  return `${parts.join("\n\n")}\n`;
}

function args({ arguments: all = [], options = [] }: Command): string[] {
  const rows = [
    ...all.map(({ name, help }) => [code(name), `${help}.`]),
    ...options.map(({ flag, value, help }) => [code(`--${flag}${value === undefined ? "" : ` ${value}`}`), `${help}.`]),
  ];
  return rows.length === 0 ? [] : ["## Its own arguments", tableOf(["argument", "meaning"], rows)];
}

function flags({ local }: Command, rows: readonly (readonly string[])[]): string[] {
  const own = rows.length === 0 ? [] : ["## Settings", tableOf(settingHeads, rows)];
  if (local === true) return [];
  return [
    ...own,
    "## Settings of every command",
    "Which cluster, which Vault; see [Which Vault](../concepts.md#which-vault):",
    tableOf(settingHeads, targetFields.map(settingRow)),
    "How it runs:",
    tableOf(settingHeads, runFields.map(settingRow)),
  ];
}

function exits({ missingIs, steps, name }: Command): string[] {
  const missing =
    missingIs === exitCodes.done
      ? "Where only the secret in Vault is missing, it ends with 0 and says what to type."
      : name === "verify"
        ? "Where only the secret in Vault is missing, it ends with 2."
        : "It ends with 2 where something is not ready or differs.";
  const says = steps.includes("verify") ? ` ${missing}` : "";
  return ["## Exit codes", `0 when done; the others stand in [exit codes](../exit-codes.md).${says}`];
}

/** docs/commands/README.md */
export function indexPage(): string {
  const groups = [...new Set(commands.map(({ group }) => group))];
  const parts = groups.map(
    (group) =>
      `## ${group}\n\n${tableOf(
        ["command", ""],
        commands
          .filter((command) => command.group === group)
          .map((command) => [`[${command.name}](${fileOf(command)})`, `${command.summary}.`]),
      )}`,
  );
  return `${[generated, "# Commands", ...parts].join("\n\n")}\n`;
}
