const units: readonly (readonly [string, number])[] = [
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
];

/** How long ago, in at most two units: "34s", "5m12s", "3h4m", "12d". */
export function age(seconds: number): string {
  const first = units.findIndex(([, size]) => seconds >= size);
  if (first < 0) return "0s";
  const [unit, size] = units[first]!;
  const count = Math.floor(seconds / size);
  const next = units[first + 1];
  const rest = next === undefined ? 0 : Math.floor((seconds % size) / next[1]);
  return `${count}${unit}${next === undefined || rest === 0 || (unit === "d" && count > 9) ? "" : `${rest}${next[0]}`}`;
}
