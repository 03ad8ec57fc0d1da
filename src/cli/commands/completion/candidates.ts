import type { Field } from "../../../config/field.ts";
import type { FieldName } from "../../../config/fields.ts";
import { table } from "../../../config/keys.ts";
import type { Call, Command, Host } from "../command.ts";
import type { OwnOption } from "../own-options.ts";
import { runFields, targetFields } from "../../../config/field-groups.ts";
import { fieldsOf } from "../own-fields.ts";
import { clusterNames, contextNames } from "./live.ts";
import { scripts } from "./scripts.ts";

/** What may stand at the cursor, and what it means. */
export interface Candidate {
  readonly word: string;
  readonly meaning: string;
}

interface Option {
  readonly names: readonly string[];
  readonly help: string;
  readonly takesValue: boolean;
  readonly setting?: FieldName;
}

/**
 * What fits after the words of a command line. @param words The words after `vault-k8s` up to the cursor; the last one is being typed.
 */
export async function candidates(words: readonly string[], { host, commands }: Pick<Call, "host" | "commands">): Promise<Candidate[]> {
  const typed = words.at(-1) ?? "";
  const { command, rest } = commandIn(commands, words.slice(0, -1));
  const options = command === undefined ? commonOptions() : optionsOf(command);
  const [flag, value] =
    typed.startsWith("--") && typed.includes("=") ? [typed.slice(0, typed.indexOf("=")), typed.slice(typed.indexOf("=") + 1)] : [];
  const asked = options.find(({ names, takesValue }) => takesValue && names.includes(flag ?? words.at(-2) ?? ""));
  if (asked !== undefined) {
    const found = fitting(await valuesOf(asked, words, host), value ?? typed);
    return flag === undefined ? found : found.map(({ word, meaning }) => ({ word: `${flag}=${word}`, meaning }));
  }
  if (typed.startsWith("-"))
    return fitting(
      options.flatMap(({ names, help }) => names.map((word) => ({ word, meaning: help }))),
      typed,
    );
  if (command === undefined) return fitting(nextWords(commands, rest), typed);
  return fitting(await argumentsOf(command), typed);
}

async function argumentsOf({ name }: Command): Promise<Candidate[]> {
  if (name === "completion") return Object.keys(scripts).map((word) => ({ word, meaning: "" }));
  if (name !== "explain") return [];
  const { allCodes } = await import("../explain/markdown.ts");
  return (await allCodes()).map(({ code, title }) => ({ word: code, meaning: title }));
}

const fitting = (all: readonly Candidate[], typed: string): Candidate[] => all.filter(({ word }) => word.startsWith(typed));

/** The command that the words name, and the words of it where they name none yet. */
function commandIn(
  commands: readonly Command[],
  words: readonly string[],
): { readonly command: Command | undefined; readonly rest: readonly string[] } {
  const plain = withoutOptions(words);
  for (const length of [2, 1]) {
    const command = commands.find(({ name }) => name === plain.slice(0, length).join(" ") && name.split(" ").length === length);
    if (command !== undefined) return { command, rest: plain.slice(length) };
  }
  return { command: undefined, rest: plain };
}

/** Words that are neither flags nor their values; those of all commands are known by the common flags. */
function withoutOptions(words: readonly string[]): string[] {
  const takers = new Set(commonOptions().flatMap(({ names, takesValue }) => (takesValue ? names : [])));
  return words.filter((word, index) => !word.startsWith("-") && !takers.has(words[index - 1] ?? ""));
}

/** Names of commands; after `operator` those below it. */
function nextWords(commands: readonly Command[], before: readonly string[]): Candidate[] {
  const depth = before.length;
  const found = commands.filter(({ name }) => name.split(" ").slice(0, depth).join(" ") === before.join(" "));
  const seen = new Map<string, string>();
  for (const { name, summary } of found) {
    const parts = name.split(" ");
    const word = parts[depth];
    if (word !== undefined && (!seen.has(word) || parts.length === depth + 1)) seen.set(word, parts.length === depth + 1 ? summary : "");
  }
  return [...seen].map(([word, meaning]) => ({ word, meaning }));
}

const commonOptions = (): Option[] => [
  ...[...targetFields, ...runFields].flatMap(ofSetting),
  { names: ["--help", "-h"], help: "Show help", takesValue: false },
  { names: ["--help-all"], help: "Show help with every option", takesValue: false },
];

function optionsOf(command: Command): Option[] {
  return [...fieldsOf(command).flatMap(ofSetting), ...(command.options ?? []).map(ofOwn), ...commonOptions()];
}

function ofSetting(name: FieldName): Option[] {
  const field: Field = table[name];
  const short = field.short === undefined ? [] : [`-${field.short}`];
  const names =
    field.type !== "boolean" || field.key === undefined
      ? [`--${field.flag}`, ...short]
      : [`--${field.default === true ? "no-" : ""}${field.flag}`];
  const help = field.default === true ? (field.off ?? field.help) : field.help;
  return [{ names, help, takesValue: field.type !== "boolean", setting: name }];
}

const ofOwn = ({ flag, value, help }: OwnOption): Option => ({ names: [`--${flag}`], help, takesValue: value !== undefined });

async function valuesOf({ setting }: Option, words: readonly string[], host: Host): Promise<Candidate[]> {
  if (setting === undefined) return [];
  const { type } = table[setting] as Field;
  const said = (flag: string): string | undefined => words[words.indexOf(flag) + 1] ?? undefined;
  const kubeconfig = words.includes("--kubeconfig") ? said("--kubeconfig") : undefined;
  const all =
    typeof type === "object"
      ? type.oneOf
      : setting === "context" || setting === "vaultContext"
        ? await contextNames(host, kubeconfig)
        : setting === "cluster"
          ? await clusterNames(host, kubeconfig)
          : [];
  return all.map((word) => ({ word, meaning: "" }));
}
