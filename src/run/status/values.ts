import { isRecord } from "../../core/compare.ts";

// Answers come from servers that may be anything: only what has the right type counts.

export const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
export const number = (value: unknown): number | undefined => (typeof value === "number" && Number.isFinite(value) ? value : undefined);
export const yesOrNo = (value: unknown): boolean | undefined => (typeof value === "boolean" ? value : undefined);
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The value at a path of field names; undefined where there is none. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => (isRecord(inner) ? inner[name] : undefined), value);

/** Whole seconds since a time; undefined for what is none. */
export function secondsSince(time: string | undefined, now: Date): number | undefined {
  const then = Date.parse(time ?? "");
  return Number.isNaN(then) ? undefined : Math.max(0, Math.round((now.getTime() - then) / 1000));
}

/** Whole days until a time; negative when it is past. */
export const daysUntil = (time: Date, now: Date): number => Math.floor((time.getTime() - now.getTime()) / 86_400_000);
