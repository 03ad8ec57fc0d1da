import { spawnSync } from "node:child_process";

/** A command line that is measured, and what it needs. */
export interface Candidate {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Of some numbers, the one in the middle. */
export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** How long a command takes, in milliseconds. @throws where it fails: a failure is no measure */
export function milliseconds({ command: [program, ...args], env, cwd }: Candidate): number {
  const start = performance.now();
  const { status, stderr, error } = spawnSync(program, args, { env, cwd, stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
  const took = performance.now() - start;
  if (status !== 0) throw new Error(`${[program, ...args].join(" ")} ended with ${status}: ${error?.message ?? stderr.slice(-2000)}`);
  return took;
}

/** The median of each candidate in milliseconds. They take turns, so that a busy moment meets all of them; the first round fills caches and is not counted. */
export function inTurns<Name extends string>(candidates: Readonly<Record<Name, Candidate>>, rounds: number): Record<Name, number> {
  const entries = Object.entries(candidates) as [Name, Candidate][];
  const times = entries.map(([name, candidate]) => ({ name, candidate, all: [] as number[] }));
  for (let round = 0; round <= rounds; round++) {
    for (const { candidate, all } of times) {
      const took = milliseconds(candidate);
      if (round > 0) all.push(took);
    }
  }
  return Object.fromEntries(times.map(({ name, all }) => [name, median(all)])) as Record<Name, number>;
}
