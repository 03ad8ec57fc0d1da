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

const exactly = JSON as unknown as {
  parse(text: string, revive: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown;
  rawJSON(text: string): unknown;
};

/** Parsed JSON; undefined when the text is not JSON. A number keeps its text, as Go's json.Number does. */
export function parsed(text: string): Json | undefined {
  try {
    return exactly.parse(text, (_, value, { source }) =>
      typeof value === "number" && source !== undefined && String(value) !== source ? exactly.rawJSON(source) : value,
    ) as Json;
  } catch {
    return undefined;
  }
}
