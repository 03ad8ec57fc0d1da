import type { CommandLines } from "../../consumers/diagnosis/cause.ts";
import type { FieldName } from "../../config/fields.ts";
import { fieldNames, table } from "../../config/keys.ts";
import type { Flags } from "../../config/sources.ts";
import { word } from "../../core/shell.ts";
import { isSecretSet, parted } from "../../systems/chart-values.ts";
import type { StepId } from "../../config/step-id.ts";
import type { Call, Command } from "./command.ts";
import { pairs } from "../../run/plan/file.ts";
import { runFields, targetFields } from "../../config/field-groups.ts";
import { fieldsOf } from "./own-fields.ts";
import { calledAs } from "../called-as.ts";

/** Command lines that say again what this run was told, as far as each command takes it. */
export function commandLinesFor({ flags, commands }: Pick<Call, "flags" | "commands">): CommandLines {
  const takes = (command: Command): ReadonlySet<FieldName> =>
    new Set([...targetFields, "config", ...(command.fields ?? []), ...fieldsOf(command)]);
  const line = (command: Command, rest: readonly string[] = []): string =>
    [calledAs(), command.name, ...rest.map(atHome), ...typedAgain(flags, takes(command), rest)].join(" ");
  return {
    steps: (...ids) => ids.map((id) => line(ofStep(commands, id))).join(" && "),
    own: (name, ...rest) => line(named(commands, name), rest),
  };
}

const ofStep = (commands: readonly Command[], id: StepId): Command =>
  one(
    commands.find(({ steps }) => steps.length === 1 && steps[0] === id),
    id,
  );
const named = (commands: readonly Command[], name: string): Command =>
  one(
    commands.find((command) => command.name === name),
    name,
  );

function one(command: Command | undefined, what: string): Command {
  if (command === undefined) throw new Error(`there is no command for ${what}`);
  return command;
}

const ofOneRun = new Set<FieldName>(runFields.filter((name) => name !== "config"));

/** The flags that were typed and that a command takes; those of `rest` are said already. */
function typedAgain(flags: Flags, takes: ReadonlySet<FieldName>, rest: readonly string[]): string[] {
  const again = fieldNames.filter(
    (name) => flags[name] !== undefined && takes.has(name) && !ofOneRun.has(name) && !rest.includes(`--${table[name].flag}`),
  );
  return again.flatMap((name) => asTyped(name, flags[name]));
}

/** A saved plan says a switch as "true" or "false". */
function asTyped(name: FieldName, value: Flags[FieldName]): string[] {
  const { flag, type } = table[name];
  if (type === "boolean") return [String(value) === "true" ? `--${flag}` : `--no-${flag}`];
  const values = Array.isArray(value) ? (value as readonly string[]) : [value as string];
  return values.map((text) => `--${flag} ${word(withoutSecret(name, text))}`);
}

/** What a chart is told may be a secret, which is not printed. */
function withoutSecret(name: FieldName, text: string): string {
  return (pairs as readonly FieldName[]).includes(name) && isSecretSet(text) ? `${parted(text).key}=VALUE` : text;
}

/** A word whose ~ the shell is to read. */
const atHome = (text: string): string => (text.startsWith("~/") ? `~/${word(text.slice("~/".length))}` : word(text));
