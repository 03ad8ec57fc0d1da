import { asObject, isObject, type Json, type JsonObject } from "../wire/json.ts";

const isRaw = (value: Json | undefined): boolean => (JSON as unknown as { isRawJSON(value: unknown): boolean }).isRawJSON(value);

/** What External Secrets puts into a Secret for a value: https://github.com/external-secrets/external-secrets, esutils.GetByteValue. */
export function goText(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : marshalled(value);
}

/** As json.Marshal writes it: sorted keys, and < > & and the line separators as escapes. */
function marshalled(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(marshalled).join(",")}]`;
  if (!isObject(value) || isRaw(value)) return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escaped);
  const keys = Object.keys(value).sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  return `{${keys.map((key) => `${marshalled(key)}:${marshalled(value[key] ?? null)}`).join(",")}}`;
}

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** All keys of a secret go through Go's float64, by which numbers lose their text. */
export const throughFloats = (values: JsonObject): JsonObject => asObject(JSON.parse(JSON.stringify(values)) as Json);

/** Keys as ConvertKeys makes them; undefined where two become one. */
export function convertedKeys(values: JsonObject): JsonObject | undefined {
  const entries = Object.entries(values).map(([key, value]) => [key.replace(/[^\p{L}\p{N}._-]/gu, "_"), value] as const);
  const names = new Set(entries.map(([key]) => key));
  return names.size === entries.length ? Object.fromEntries(entries) : undefined;
}

/** What a Node program such as kubernetes-external-secrets writes. */
export const nodeText = (value: Json | undefined): string => {
  const plain: unknown = JSON.parse(JSON.stringify(value ?? null));
  return typeof plain === "string" ? plain : JSON.stringify(plain);
};
