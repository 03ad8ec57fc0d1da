import { Option, type Command as Commander } from "commander";
import type { OptionValues, OwnOption, OwnOptions } from "./commands/own-options.ts";
import type { Field } from "../config/field.ts";
import type { FieldName } from "../config/fields.ts";
import { table } from "../config/keys.ts";
import type { Flags } from "../config/sources.ts";

/** An option that knows the setting it gives, and how it is shown in the help. */
export class SettingOption extends Option {
  readonly setting: FieldName | undefined;
  readonly shown: string;

  constructor(flags: string, help: string, shown: string, setting?: FieldName) {
    super(flags, help);
    this.shown = shown;
    this.setting = setting;
  }
}

/** The options of one setting: one, or for a switch that the file may set, both ways. */
export function settingOptions(name: FieldName, group: string): Option[] {
  const field: Field = table[name];
  const short = field.short === undefined ? "" : `-${field.short}, `;
  const make = (long: string, hidden = false, off = false): Option =>
    new SettingOption(`${short}${long}`, helpText(field, off), shown(field, short, long), name).helpGroup(group).hideHelp(hidden);
  if (field.type !== "boolean") {
    const option = make(`--${field.flag} <value>`);
    return [isList(field) || name === "cluster" ? option.argParser(collect) : option];
  }
  if (field.key === undefined) return [make(`--${field.flag}`)];
  const on = field.default === true;
  return [make(`--${field.flag}`, on), make(`--no-${field.flag}`, !on, true)];
}

/** An option that is no setting. */
export function ownOption({ flag, value, help, repeatable }: OwnOption): Option {
  const option = new SettingOption(
    `--${flag}${value === undefined ? "" : " <value>"}`,
    help,
    `--${flag}${value === undefined ? "" : ` ${value}`}`,
  ).helpGroup("Options:");
  return repeatable === true ? option.argParser(collect) : option;
}

const isList = ({ type }: Field): boolean => type === "list" || type === "pathList";
const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];
const shown = ({ value }: Field, short: string, long: string): string => `${short}${long.replace("<value>", value ?? "VALUE")}`;

/** The help of a setting with its default and its variables. @param off Of its `--no-` form. */
function helpText(field: Field, off: boolean): string {
  const preset = defaultText(field);
  const choices = typeof field.type === "object" ? [`one of ${field.type.oneOf.join(", ")}`] : [];
  const notes = [...choices, ...(preset === undefined ? [] : [`default: ${preset}`])].join("; ");
  const env = field.env === undefined ? "" : ` [${field.env.join(", ")}]`;
  return `${off ? (field.off ?? field.help) : field.help}${notes === "" ? "" : ` (${notes})`}${env}`;
}

/** The default as people read it: `<cluster>` for what is filled in. */
export function defaultText({ default: preset }: Field): string | undefined {
  if (preset === undefined || typeof preset === "boolean") return undefined;
  const text = Array.isArray(preset) ? preset.join(", ") : String(preset);
  return text.replace(/\$\{([A-Za-z]+)\}/g, (_, name: string) => `<${name in table ? table[name as FieldName].flag : name}>`);
}

/** What the command line said. */
export interface Typed {
  readonly flags: Flags;
  /** All that --cluster named. */
  readonly clusters: readonly string[];
  /** The values of the options that are no settings. */
  readonly options: OptionValues<OwnOptions>;
}

export function typed(command: Commander): Typed {
  const flags: Partial<Record<FieldName, string | boolean | readonly string[]>> = {};
  const options: Record<string, OptionValues<OwnOptions>[string]> = {};
  let clusters: readonly string[] | undefined;
  for (let at: Commander | null = command; at !== null; at = at.parent) {
    for (const option of at.options) {
      const key = option.attributeName();
      if (!(option instanceof SettingOption) || at.getOptionValueSource(key) !== "cli") continue;
      const value = at.getOptionValue(key) as string | boolean | readonly string[];
      if (option.setting === undefined) options[key] = value as OptionValues<OwnOptions>[string];
      // Which commands take several is for them to say; for all others the last one counts, as with every flag.
      else if (option.setting === "cluster" && Array.isArray(value)) {
        flags.cluster ??= String(value.at(-1));
        clusters ??= value as readonly string[];
      }
      // --no-input is a switch of its own, not the opposite of one.
      else flags[option.setting] ??= option.setting === "noInput" ? true : value;
    }
  }
  return { flags, clusters: clusters ?? [], options };
}
