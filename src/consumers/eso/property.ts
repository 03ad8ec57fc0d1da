import { isRecord, type Plain } from "../../core/compare.ts";
import { NotWritten, impossible, unknown, type Held } from "../written.ts";
import { digitsOf, goJson, plainDecimal, type Numbers } from "./go-json.ts";

/** What External Secrets writes for a value that it holds: "" for null, the text of a text, and JSON. */
export function textOf(value: Plain | undefined, numbers: Numbers): string[] {
  if (value === undefined || value === null) return [""];
  if (typeof value === "string") return [value];
  const digits = digitsOf(value);
  if (digits !== undefined) return [numbers === "exact" ? digits : plainDecimal(finite(Number(digits), digits))];
  return goForms(goJson(value, numbers));
}

/** Go before 1.22 wrote two control characters otherwise: https://go.dev/doc/go1.22#encodingjsonpkgencodingjson */
function goForms(json: string): string[] {
  const older = json.replace(/(\\\\)|\\b|\\f/g, (escape, pair: string | undefined) =>
    pair === undefined ? (escape === "\\b" ? "\\u0008" : "\\u000c") : pair,
  );
  return older === json ? [json] : [json, older];
}

/** Throws NotWritten: Go takes no number beyond float64. */
export function finite(value: number, digits: string): number {
  if (Number.isFinite(value)) return value;
  throw impossible(
    `the number ${digits.slice(0, 12)}${digits.length > 12 ? "…" : ""} is too large for External Secrets, which reads it as a float64`,
  );
}

/** What of gjson's paths is not the name of a field, or the index of an item: https://github.com/tidwall/gjson/blob/master/SYNTAX.md */
const otherSyntax = /[*?|#@!{}[\]()\\":=<>%~]/;

/**
 * What External Secrets writes for a property: of a key of that name, else by gjson's path, whose numbers that are not whole go through
 * float64. Throws NotWritten.
 */
export function propertyText(held: Held, property: string): string[] {
  if (Object.hasOwn(held, property)) return textOf(held[property], "exact");
  const found = inside(held, property);
  const digits = digitsOf(found);
  if (digits === undefined || /^-?\d+$/.test(digits)) return textOf(found, "exact");
  return [plainDecimal(Number(digits))];
}

/** The value at a path of names with dots between them. Throws NotWritten. */
export function inside(held: Held, property: string): Plain {
  if (otherSyntax.test(property)) throw unknown(`its property ${JSON.stringify(property)} is an expression`);
  const found = property.split(".").reduce<Plain | undefined>((value, name) => member(value, name), held);
  if (found === undefined) throw new NotWritten({ kind: "lacking", key: property });
  return found;
}

function member(value: Plain | undefined, name: string): Plain | undefined {
  if (Array.isArray(value)) return /^\d+$/.test(name) ? (value as readonly Plain[])[Number(name)] : undefined;
  return isRecord(value) && digitsOf(value) === undefined && Object.hasOwn(value, name) ? value[name] : undefined;
}
