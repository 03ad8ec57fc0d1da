import { isRecord, type Plain } from "../../core/compare.ts";

/** How numbers are written: as they came, or as Go writes them after it held them as float64. */
export type Numbers = "exact" | "float";

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\f": "\\f",
};
const special = /["\\<>&\u2028\u2029]|[\u0000-\u001f]/gu; // oxlint-disable-line no-control-regex

/** A value as Go's json.Marshal writes it: sorted keys, and escapes of its own. Documented at https://pkg.go.dev/encoding/json#Marshal. */
export function goJson(value: Plain | undefined, numbers: Numbers): string {
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${value.map((item: Plain) => goJson(item, numbers)).join(",")}]`;
  const digits = digitsOf(value);
  if (digits !== undefined) return numbers === "exact" ? digits : floatText(Number(digits));
  if (!isRecord(value)) return JSON.stringify(value ?? null);
  const keys = Object.keys(value).sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  return `{${keys.map((key) => `${quoted(key)}:${goJson(value[key], numbers)}`).join(",")}}`;
}

const quoted = (text: string): string =>
  `"${text.replace(special, (character) => escapes[character] ?? `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`)}"`;

/** The text of a number; undefined for what is none. One that JavaScript would write otherwise is an object that writes itself. */
export function digitsOf(value: Plain | undefined): string | undefined {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  return isRecord(value) && (JSON as unknown as { isRawJSON(value: unknown): boolean }).isRawJSON(value)
    ? JSON.stringify(value)
    : undefined;
}

/** A float64 in JSON: both languages take the exponent at the same sizes. */
const floatText = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));

/** A float64 without an exponent, as strconv.FormatFloat(value, 'f', -1, 64) writes it. */
export function plainDecimal(value: number): string {
  const [, sign = "", whole = "", fraction = "", exponent] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(floatText(value)) ?? [];
  if (exponent === undefined) return floatText(value);
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  return sign + (point > 0 ? digits.padEnd(point, "0") : `0.${"0".repeat(-point)}${digits}`);
}
