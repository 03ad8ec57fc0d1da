import path from "node:path";
import { runFields } from "../../../config/field-groups.ts";
import type { FieldName, Settings } from "../../../config/fields.ts";
import { fieldNames, table } from "../../../config/keys.ts";
import type { Raw } from "../../../config/coerce.ts";
import { resolveSettings } from "../../../config/resolve.ts";
import type { Flags } from "../../../config/sources.ts";
import { isSecretSet, parted } from "../../../systems/chart-values.ts";
import { holdsSecret } from "../../../systems/redaction.ts";
import { tokenShapes } from "../../../systems/token-shapes.ts";
import { pairs } from "../../../run/plan/file.ts";
import type { Call } from "../command.ts";

/** A setting of the command line as the file says it. */
export interface Kept {
  readonly name: FieldName;
  readonly value: string | number | boolean | readonly string[];
  /** As it was typed, without what looks like a secret. */
  readonly said: Raw | boolean;
}

/** What becomes of the settings of a command line in a file. */
export interface Sorted {
  readonly kept: readonly Kept[];
  /** Flags that look like secrets, which no file gets: as people may read them. */
  readonly secret: readonly string[];
  /** Flags that the file has no place for. */
  readonly placeless: readonly string[];
}

/**
 * Sorts what the command line says: kept is what neither the file nor the default says already.
 * @param file the configuration file, absolute; `exists`: it is there
 */
export async function sorted({ flags, host }: Pick<Call, "flags" | "host">, file: string, exists: boolean): Promise<Sorted> {
  const settle = async (said: Flags): Promise<Settings> =>
    (await resolveSettings({ flags: { ...said, config: file }, env: {}, cwd: host.cwd, noFile: !exists, shapes: tokenShapes })).settings;
  const settings = await settle(flags);
  const differs = async (name: FieldName): Promise<boolean> =>
    JSON.stringify((await settle(without(flags, name)))[name]) !== JSON.stringify(settings[name]);
  const typed = fieldNames.filter((name) => flags[name] !== undefined && !runFields.includes(name));
  const placed = typed.filter((name) => table[name].key !== undefined);
  const unheld = (await Promise.all(placed.map(async (name) => ((await differs(name)) ? [name] : [])))).flat();
  const texts = unheld.map((name) => [name, [settings[name]].flat().map(String)] as const);
  return {
    kept: unheld.flatMap((name) => keptOf(name, flags[name] ?? "", settings[name], path.dirname(file))),
    secret: texts.flatMap(([name, all]) => all.filter((text) => isSecret(name, text)).map((text) => shownSecret(name, text))),
    placeless: typed.filter((name) => table[name].key === undefined).map((name) => `--${table[name].flag}`),
  };
}

const without = (flags: Flags, name: FieldName): Flags => Object.fromEntries(Object.entries(flags).filter(([each]) => each !== name));
const isPair = (name: FieldName): boolean => (pairs as readonly FieldName[]).includes(name);
const isSecret = (name: FieldName, text: string): boolean => (isPair(name) ? isSecretSet(text) : holdsSecret(text));
const shownSecret = (name: FieldName, text: string): string => `--${table[name].flag}${isPair(name) ? ` ${parted(text).key}` : ""}`;

function keptOf(name: FieldName, said: Raw | boolean, value: Settings[FieldName], folder: string): Kept[] {
  if (typeof value === "boolean" || typeof value === "number") return [{ name, value, said }];
  const [raw, items] = [[said].flat().map(String), [value ?? []].flat()];
  const open = items.map((item, index) => ({ item, said: raw[index] ?? item })).filter(({ item }) => !isSecret(name, item));
  const [first] = open;
  if (first === undefined) return [];
  const written = open.map((each) => asWritten(name, each.said, each.item, folder));
  return [
    typeof value === "string"
      ? { name, value: written[0] ?? value, said: first.said }
      : { name, value: written, said: open.map((each) => each.said) },
  ];
}

/** Relative paths of a file start from its folder, those of the command line from the working folder. */
function asWritten(name: FieldName, said: string, value: string, folder: string): string {
  if (said === value || said.startsWith("~") || !path.isAbsolute(value) || !String(table[name].type).startsWith("path")) return said;
  const relative = path.relative(folder, value);
  if (relative.startsWith("..")) return value;
  return table[name].type === "pathOrName" ? `./${relative}` : relative;
}
