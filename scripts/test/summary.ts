import type { Outcome, Timed } from "./report.ts";

/** What came of a stage or a suite, and how long it took. */
export interface Ran {
  readonly name: string;
  readonly seconds: number;
  /** Those of them until its lab was as it begins. */
  readonly labSeconds: number;
  readonly outcome: Outcome;
}

const SLOWEST = 20;

/**
 * What is said at the end: the seconds of each stage and suite and those of all, some of which ran side by side, the slowest tests, the failures once more (a log of all stages is long, and often only its
 * end is kept), and the count, which is the last line. It went well when nothing failed, nothing was skipped, and something passed.
 */
export function summary(all: readonly Ran[], seconds: number): { readonly lines: readonly string[]; readonly well: boolean } {
  const sum = (key: "passed" | "failed" | "skipped"): number => all.reduce((total, { outcome }) => total + outcome[key], 0);
  const [passed, failed, skipped] = [sum("passed"), sum("failed"), sum("skipped")];
  const lines = [
    "",
    ...all.map(lineOf),
    ...(all.length > 1 ? [`${"all".padEnd(16)} ${whole(seconds)} s`] : []),
    ...slowest(all.flatMap(({ outcome }) => outcome.times)),
    "",
    ...all.flatMap(({ outcome }) => outcome.failures).map((failure) => `failed: ${failure}`),
    `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`,
  ];
  return { lines, well: failed === 0 && skipped === 0 && passed > 0 };
}

function lineOf({ name, seconds, labSeconds, outcome: { passed, failed } }: Ran): string {
  const labs = labSeconds > 0 ? `, ${Math.round(labSeconds)} s of them for the lab` : "";
  return `${name.padEnd(16)} ${whole(seconds)} s  ${passed} passed${failed > 0 ? `, ${failed} failed` : ""}${labs}`;
}

function slowest(times: readonly Timed[]): string[] {
  if (times.length <= 1) return [];
  const first = [...times].sort((one, other) => other.seconds - one.seconds).slice(0, SLOWEST);
  return ["", `The ${first.length} slowest tests:`, ...first.map(({ test, seconds }) => `${seconds.toFixed(1).padStart(8)} s  ${test}`)];
}

const whole = (seconds: number): string => String(Math.round(seconds)).padStart(5);
