import { isRecord } from "./compare.ts";

// Answers come from servers that may be anything: only what has the right type counts.

/** A text that says something. */
export const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
export const number = (value: unknown): number | undefined => (typeof value === "number" && Number.isFinite(value) ? value : undefined);
export const yesOrNo = (value: unknown): boolean | undefined => (typeof value === "boolean" ? value : undefined);
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The value at a path of field names; undefined where there is none. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => (isRecord(inner) ? inner[name] : undefined), value);

/** The texts of a list that another program sent; what else is in it is left out: its own `toString` may be anything. */
export const texts = (value: unknown): string[] => list(value).filter((item) => typeof item === "string");
