import { isRecord, type Plain } from "./compare.ts";
import { looksSecret } from "./secret-names.ts";

const hidden = "[hidden]";
/** Shorter values are words that stand everywhere. */
const shortest = 8;

/** What looks like a secret, whoever wrote it. */
const shapes: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN ([A-Z ]*)(PRIVATE KEY|MESSAGE)-----[^]*?(-----END \1\2-----|$)/g, `-----BEGIN $1$2----- ${hidden}`],
  [/\b(hv[sbr]|s|b|r)\.[A-Za-z0-9_-]{20,}/g, hidden],
  [/\beyJ[\w-]{5,}\.[\w-]{5,}(\.[\w-]*)?/g, hidden],
  [/\b(Bearer|Basic)\s+[^\s"',]{8,}/gi, `$1 ${hidden}`],
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/g, hidden],
  [/\bgh[pousr]_[A-Za-z0-9]{20,}/g, hidden],
  [/AGE-SECRET-KEY-1[A-Z0-9]+/g, hidden],
  [/(\/\/[^/\s:@"']*):[^/\s@"']+@/g, `$1:${hidden}@`],
];

const names = "[\\w.-]*(?:password|passwd|passphrase|token|secret(?:_key)?|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)";
const values = `"(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*'|[^\\s,;}"'&]+`;

/** name=value, name: value, "name":"value", --name value: only names of secrets, so that nothing before one hides it. */
const pairs = new RegExp(`(${names}["']?(?:\\s*[=:]\\s*|\\s+(?=["'])))(${values})`, "gi");
const flags = new RegExp(`(--?${names}[ =])(${values})`, "gi");

/**
 * Takes secrets out of a text: the values that are known, in plain, base64, hex and URL-encoded form, what follows the name of a secret, and
 * what has the shape of one.
 * @param known Values that must not stand in the text; those shorter than eight characters are left, since they stand everywhere.
 */
export function redactor(known: readonly string[]): Redactor {
  const needles = [...new Set(known.filter((value) => value.trim().length >= shortest).flatMap(forms))].sort((a, b) => b.length - a.length);
  const text = (given: string): string => {
    const rest = needles.reduce((found, needle) => found.replaceAll(needle, hidden), given);
    return byName(shapes.reduce((found, [shape, sign]) => found.replace(shape, sign), rest));
  };
  return { text, value: (given) => inValue(given, text) };
}

/** The same for a text, and for each text in a value, so that what was JSON stays JSON. */
export interface Redactor {
  text(given: string): string;
  value(given: Plain): Plain;
}

function inValue(value: Plain, text: (given: string) => string): Plain {
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) return value.map((item: Plain) => inValue(item, text));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [
    text(key),
    typeof inner === "string" && looksSecret(key) && isValue(inner) ? hidden : inValue(inner ?? null, text),
  ]);
  return Object.fromEntries(entries) as Plain;
}

const byName = (text: string): string => [pairs, flags].reduce((rest, shape) => rest.replace(shape, hideValue), text);
const hideValue = (all: string, name: string, value: string): string => (isValue(value) ? `${name}${instead(value)}` : all);

/** Not what is empty, a switch, a number, hidden already, or the beginning of a map. */
const isValue = (value: string): boolean =>
  !/^["']?(true|false|null|\d{1,4}|\[hidden\]|\[hidden|[[{(].*)?["']?$/.test(value) && !value.startsWith("-");
const instead = (value: string): string => (/^["']/.test(value) ? `${value.charAt(0)}${hidden}${value.charAt(0)}` : hidden);

function forms(value: string): string[] {
  const bytes = Buffer.from(value, "utf8");
  const lines = value.includes("\n") ? value.split("\n").filter((line) => line.trim().length >= 16) : [];
  const all = [
    value,
    value.trim(),
    JSON.stringify(value).slice(1, -1),
    bytes.toString("base64"),
    bytes.toString("base64url"),
    bytes.toString("hex"),
    encodeURIComponent(value),
    ...lines,
  ];
  return [...all, ...[0, 1, 2].map((shift) => within(bytes, shift))].filter((form) => form.length >= shortest);
}

/** The part of longer base64 that is the same whatever stands around the value. */
function within(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString("base64")
    .replaceAll("=", "");
  return text.slice(shift === 0 ? 0 : 4, text.length - ((bytes.length + shift) % 3 === 0 ? 0 : 1));
}
