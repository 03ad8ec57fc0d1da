import path from "node:path";
import { isDuration } from "../core/duration.ts";
import { homeOrNowhere } from "../core/home.ts";
import { redactor } from "../core/redact.ts";
import { failure, kinds } from "../errors.ts";
import { canonical } from "./duration.ts";
import type { Field, FieldType } from "./field.ts";
import { nearest } from "./nearest.ts";

/** A value as it was written: text, or a list of texts. */
export type Raw = string | readonly string[];
export type Value = string | number | boolean | readonly string[];

/** What a value is measured against. */
export interface Saying {
  readonly field: Field;
  /** Where it was said, for the error. */
  readonly origin: string;
  /** The folder that relative paths start from. */
  readonly base: string;
  /** What looks like a secret, besides what goes by the name of one. */
  readonly shapes: readonly RegExp[];
}

/**
 * Turns what was written into the setting's value.
 * @throws CliError VK1004 that names the origin and the rule.
 */
export function coerce(raw: Raw, saying: Saying): Value {
  const { type } = saying.field;
  if (type === "list" || type === "pathList")
    return (typeof raw === "string" ? [raw] : raw).map((item) => one(item, saying, type === "list" ? "string" : "path"));
  if (typeof raw !== "string") throw unusable(raw.join(", "), saying, "It takes one value, not a list.");
  if (type === "boolean") return boolean(raw, saying);
  return type === "integer" ? integer(raw, saying) : one(raw, saying, type);
}

function one(raw: string, saying: Saying, type: FieldType): string {
  const { field, base } = saying;
  const text = field.normal?.(raw) ?? raw;
  if (text === "" && field.mayBeEmpty !== true) throw unusable(text, saying, "It must not be empty.");
  const wrong = text.includes("\0") ? "It holds a NUL character." : text === "" ? undefined : field.rule?.(text);
  if (wrong !== undefined) throw unusable(raw, saying, wrong);
  if (type === "duration") return duration(text, saying);
  if (typeof type === "object") return choice(text, saying, type.oneOf);
  return type === "path" || (type === "pathOrName" && /^(\.{1,2}|~)?\//.test(text)) ? absolute(text, base) : text;
}

function boolean(text: string, saying: Saying): boolean {
  if (text === "true" || text === "false") return text === "true";
  throw unusable(text, saying, "It must be true or false.");
}

function integer(text: string, saying: Saying): number {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = saying.field;
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw unusable(
    text,
    saying,
    max === Number.MAX_SAFE_INTEGER ? `It must be a whole number of at least ${min}.` : `It must be a whole number from ${min} to ${max}.`,
  );
}

function duration(text: string, saying: Saying): string {
  if (isDuration(text)) return canonical(text);
  throw unusable(text, saying, "It must be a duration such as 90s, 1h30m, or a number of seconds.");
}

function choice(text: string, saying: Saying, choices: readonly string[]): string {
  if (choices.includes(text)) return text;
  const meant = nearest(text, choices);
  throw unusable(text, saying, `It must be one of ${choices.join(", ")}.${meant === undefined ? "" : ` Did you mean ${meant}?`}`);
}

function absolute(text: string, base: string): string {
  return text === "~" || text.startsWith("~/") ? path.join(homeOrNowhere(process.env), text.slice(1)) : path.resolve(base, text);
}

function unusable(given: string, { field, origin, shapes }: Saying, why: string) {
  // A password in an address, a token or a key in the wrong place.
  const text = redactor([], { shapes })
    .text(given)
    .replace(/\/\/[^/]*@/, "//…@");
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  const flag = `--${field.flag}`;
  const place = origin === `flag ${flag}` ? "" : ` (${origin})`;
  return failure(kinds.badValue, {
    what: `"${shown}" cannot be used for ${flag}${place}`,
    why,
    fix: `Correct it. ${flag} is: ${field.help}.`,
  });
}
