/** What JSON can hold; the fakes keep everything as this. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json | undefined;
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const asObject = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
export const asText = (value: Json | undefined): string => (typeof value === "string" ? value : "");
export const asList = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

/** A list of texts, also where a server takes a comma-separated text for one. */
export function asTexts(value: Json | undefined): string[] {
  if (typeof value === "string") return value === "" ? [] : value.split(",").map((part) => part.trim());
  return asList(value).filter((item) => typeof item === "string");
}

/** The value at a path of keys; undefined where a part is missing. */
export function at(value: Json | undefined, ...keys: string[]): Json | undefined {
  return keys.reduce<Json | undefined>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

/** Parsed JSON; undefined when the text is not JSON. */
export function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
