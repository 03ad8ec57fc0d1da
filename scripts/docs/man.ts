import type { Command } from "../../src/cli/commands/command.ts";
import { fieldsOf } from "../../src/cli/commands/own-fields.ts";
import { commands } from "../../src/cli/commands/table.ts";
import { runFields, targetFields } from "../../src/config/field-groups.ts";
import type { Field } from "../../src/config/field.ts";
import type { FieldName } from "../../src/config/fields.ts";
import { table } from "../../src/config/keys.ts";
import { exitCodes } from "../../src/core/errors.ts";
import { defaultText } from "../../src/cli/options.ts";
import { exitMeanings } from "./exit-codes.ts";

/** The man pages: one for the tool, one for each command. Their macros: man(7). */
export function manPages(): (readonly [string, string])[] {
  const own = commands.map((command) => [`man/${nameOf(command)}.1`, commandPage(command)] as const);
  return [["man/vault-k8s.1", mainPage()], ...own];
}

const nameOf = ({ name }: Command): string => `vault-k8s-${name.replaceAll(" ", "-")}`;

/** Text as roff reads it: no backslash, no line that begins as a request, hyphens that can be copied. */
const roff = (text: string): string =>
  text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/[^\x20-\x7e\n]/g, (character) => `\\[u${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0") ?? ""}]`)
    .replace(/^[.']/gm, "\\&$&");

const quoted = (text: string): string => `"${roff(text).replaceAll('"', '""')}"`;
const heading = (name: string): string => `.SH ${quoted(name)}`;
const item = (term: string, text: string): string => `.TP\n.B ${quoted(term)}\n${roff(text)}`;

const page = (name: string, summary: string, parts: readonly string[]): string =>
  `${[`.\\" Made by npm run docs.`, `.TH ${quoted(name.toUpperCase())} 1`, heading("NAME"), `${roff(name)} \\- ${roff(summary)}`, ...parts].join("\n")}\n`;

function mainPage(): string {
  return page("vault-k8s", "from an empty Kubernetes cluster to applications that get their secrets from Vault", [
    heading("SYNOPSIS"),
    ".B vault\\-k8s\n.I COMMAND\n[options]",
    heading("COMMANDS"),
    ...commands.map((command) => item(command.name, `${command.summary}. See ${nameOf(command)}(1).`)),
    ...common(),
    ...exits(),
  ]);
}

function commandPage(command: Command): string {
  const { name, summary, about, arguments: args = [], options = [], local } = command;
  const own = fieldsOf(command).map(setting);
  const extra = options.map(({ flag, value, help }) => item(`--${flag}${value === undefined ? "" : ` ${value}`}`, `${help}.`));
  const words = args.map((each) => ` ${each.name}`).join("");
  return page(nameOf(command), `${summary.charAt(0).toLowerCase()}${summary.slice(1)}`, [
    heading("SYNOPSIS"),
    `.B ${quoted(`vault-k8s ${name}`)}\n${roff(`${words.trim()} [options]`.trim())}`,
    heading("DESCRIPTION"),
    roff(`${summary}.${about === undefined ? "" : `\n\n${about}`}`).replaceAll("\n\n", "\n.PP\n"),
    ...(args.length === 0 ? [] : [heading("ARGUMENTS"), ...args.map((each) => item(each.name, `${each.help}.`))]),
    ...(own.length + extra.length === 0 ? [] : [heading("OPTIONS"), ...extra, ...own]),
    ...(local === true ? [] : common()),
    ...exits(),
    heading("SEE ALSO"),
    ".BR vault\\-k8s (1)",
  ]);
}

const common = (): string[] => [
  heading("WHICH CLUSTER, WHICH VAULT"),
  ...targetFields.map(setting),
  heading("HOW IT RUNS"),
  ...runFields.map(setting),
];

const exits = (): string[] => [
  heading("EXIT STATUS"),
  ...Object.entries(exitCodes).map(([name, code]) => item(String(code), exitMeanings[name as keyof typeof exitCodes].replaceAll("`", ""))),
];

function setting(name: FieldName): string {
  const field: Field = table[name];
  const flag = `--${field.type === "boolean" && field.key !== undefined && field.default === true ? "no-" : ""}${field.flag}`;
  const notes = [
    ...(typeof field.type === "object" ? [`one of ${field.type.oneOf.join(", ")}`] : []),
    ...(defaultText(field) === undefined ? [] : [`default: ${defaultText(field) ?? ""}`]),
    ...(field.env === undefined ? [] : [`environment: ${field.env.join(", ")}`]),
    ...(field.key === undefined ? [] : [`file: ${field.key}`]),
  ];
  const term = `${field.short === undefined ? "" : `-${field.short}, `}${flag}${field.value === undefined ? "" : ` ${field.value}`}`;
  return item(term, `${field.off ?? field.help}.${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`);
}
