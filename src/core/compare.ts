import type { Change } from "./resource.ts";

export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain | undefined };

/**
 * The fields of `wanted` that `found` lacks or has otherwise, as dotted paths. Fields that only `found` has do not count:
 * servers fill in defaults. Lists are compared whole.
 */
export function differences(wanted: Plain, found: Plain | undefined, path = ""): Change[] {
  if (isRecord(wanted)) {
    return Object.entries(wanted).flatMap(([key, value]) =>
      value === undefined ? [] : differences(value, isRecord(found) ? found[key] : undefined, path === "" ? key : `${path}.${key}`),
    );
  }
  if (Array.isArray(wanted)) return listDifferences(wanted, found, path);
  return wanted === found ? [] : [{ field: path, before: show(found), after: show(wanted) }];
}

function listDifferences(wanted: readonly Plain[], found: Plain | undefined, path: string): Change[] {
  const other = Array.isArray(found) ? (found as readonly Plain[]) : undefined;
  const equal = other?.length === wanted.length && wanted.every((item, index) => differences(item, other[index]).length === 0);
  return equal ? [] : [{ field: path, before: show(found), after: show(wanted) }];
}

/** Whether a value is an object with named fields. */
export function isRecord(value: unknown): value is { readonly [key: string]: Plain | undefined } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: Plain | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Every field of a new object as a change without a before, for a `create`. */
export const allFields = (wanted: Plain): Change[] => differences(wanted, undefined);
