import type { Field } from "./field.ts";
import { fields, type FieldName } from "./fields.ts";

/** The keys that vault-k8s.yaml may hold: a name leads to a setting, or to more keys below it. */
export interface KeyTree {
  readonly [key: string]: FieldName | KeyTree;
}

/** The table as a plain record of fields. */
export const table: Readonly<Record<FieldName, Field>> = fields;
export const fieldNames = Object.keys(fields) as FieldName[];

/** The tree of all file keys. */
export function keyTree(): KeyTree {
  const root: Record<string, FieldName | KeyTree> = Object.create(null);
  for (const name of fieldNames) {
    const parts = table[name].key?.split(".") ?? [];
    let at = root;
    for (const part of parts.slice(0, -1)) at = (at[part] ??= Object.create(null)) as Record<string, FieldName | KeyTree>;
    const last = parts.at(-1);
    if (last !== undefined) at[last] = name;
  }
  return root;
}

/** Every dotted key, for suggestions. */
export const allKeys = (): string[] => fieldNames.flatMap((name) => table[name].key ?? []);
