import { isRecord, type Plain } from "./compare.ts";

/** What Node has of https://github.com/tc39/proposal-json-parse-with-source, and the types do not have yet. */
const json = JSON as unknown as {
  parse(text: string, revive: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown;
  rawJSON(text: string): Plain;
  isRawJSON(value: unknown): boolean;
};

/**
 * Parses JSON in which numbers keep their text: one that JavaScript would write otherwise (12345678901234567890, 1.10) stands there as what
 * JSON.stringify writes as it was. Throws as JSON.parse does.
 */
export const exactJson = (text: string): unknown =>
  json.parse(text, (_, value, { source }) =>
    typeof value === "number" && source !== undefined && String(value) !== source ? json.rawJSON(source) : value,
  );

/** A value as one text, whatever the order of its fields: equal where the values are, digit for digit. */
export const canonicalJson = (value: Plain): string => JSON.stringify(sorted(value));

function sorted(value: Plain): Plain {
  if (Array.isArray(value)) return value.map((item: Plain) => sorted(item));
  if (!isRecord(value) || json.isRawJSON(value)) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner ?? null)]));
}
