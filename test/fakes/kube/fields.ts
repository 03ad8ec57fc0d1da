import { asObject, isObject, type Json, type JsonObject } from "../wire/json.ts";

/** A field as the keys that lead to it. Lists are one field: none of our kinds merges them. */
export type FieldPath = readonly string[];

const serverSet = new Set(["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "name", "namespace", "selfLink"]);

/** The fields that a body sets, as an owner of fields owns them. */
export function fieldsOf(object: JsonObject): FieldPath[] {
  return Object.entries(object).flatMap(([key, value]) => {
    if (key === "apiVersion" || key === "kind" || key === "status") return [];
    if (key !== "metadata") return below([key], value);
    return Object.entries(asObject(value))
      .filter(([inner]) => !serverSet.has(inner))
      .flatMap(([inner, deeper]) => below([key, inner], deeper));
  });
}

function below(path: FieldPath, value: Json | undefined): FieldPath[] {
  if (!isObject(value) || Object.keys(value).length === 0) return [path];
  return Object.entries(value).flatMap(([key, inner]) => below([...path, key], inner));
}

const same = (one: FieldPath, other: FieldPath): boolean => one.length === other.length && one.every((key, index) => key === other[index]);
export const has = (paths: readonly FieldPath[], path: FieldPath): boolean => paths.some((candidate) => same(candidate, path));
/** ".metadata.labels.app" */
export const dotted = (path: FieldPath): string => path.map((key) => `.${key}`).join("");

/** Fields as metadata.managedFields has them. */
export function toFieldsV1(paths: readonly FieldPath[]): JsonObject {
  const root: JsonObject = {};
  for (const path of paths) {
    let place = root;
    for (const key of path) place = (place[`f:${key}`] ??= {}) as JsonObject;
  }
  return root;
}

export function fromFieldsV1(fields: JsonObject, path: FieldPath = []): FieldPath[] {
  const entries = Object.entries(fields).filter(([key]) => key.startsWith("f:"));
  if (entries.length === 0) return path.length === 0 ? [] : [path];
  return entries.flatMap(([key, inner]) => fromFieldsV1(asObject(inner), [...path, key.slice(2)]));
}

/** Takes a field away, and what becomes empty by it. */
export function without(object: JsonObject, [key, ...rest]: FieldPath): JsonObject {
  if (key === undefined) return object;
  const { [key]: inner, ...others } = object;
  if (rest.length === 0 || !isObject(inner)) return others;
  const left = without(inner, rest);
  return Object.keys(left).length === 0 ? others : { ...others, [key]: left };
}

/** RFC 7396: null takes away, objects are merged, the rest is replaced. */
export function mergePatch(below_: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result: JsonObject = { ...asObject(below_) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || value === undefined) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}
