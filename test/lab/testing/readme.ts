import { readFileSync } from "node:fs";
import { join } from "node:path";

const readme = readFileSync(join(import.meta.dirname, "../../../README.md"), "utf8");

/** The one command line of the README that is `start` or, where none is, begins with it; as it stands there. */
export function readmeLine(start: string): string {
  const lines = readme
    .split("\n")
    .map((line) => line.trim().replace(/^\$ /, ""))
    .filter((line) => line.startsWith(start));
  const distinct = lines.includes(start) ? [start] : [...new Set(lines)];
  if (distinct.length !== 1) throw new Error(`README.md has ${distinct.length} lines that begin with "${start}"`);
  return distinct[0]!;
}
