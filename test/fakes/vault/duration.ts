import type { Json } from "../wire/json.ts";

const units = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds of a number or of a text such as "90", "1h30m"; 0 for nothing. */
export function seconds(value: Json | undefined): number {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return 0;
  if (/^-?\d+$/.test(value)) return Number(value);
  return [...value.matchAll(/(\d+)([smhd])/g)].reduce((sum, [, count, unit]) => sum + Number(count) * units[unit as keyof typeof units], 0);
}
