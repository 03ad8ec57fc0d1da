import { milliseconds } from "../core/duration.ts";

const units: readonly (readonly [string, number])[] = [
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
];

/** A duration as Go writes and reads it: Kubernetes takes neither bare seconds nor days. `text` must be a duration. */
export function canonical(text: string): string {
  let rest = Math.round(milliseconds(text));
  if (!Number.isSafeInteger(rest)) rest = Number.MAX_SAFE_INTEGER;
  const parts = units.map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? "" : `${count}${unit}`;
  });
  return parts.join("") || "0s";
}
