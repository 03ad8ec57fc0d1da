import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** What came of some tests. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Of each failure: where it is, and the first lines of what was said. */
  readonly failures: readonly string[];
  readonly times: readonly Timed[];
}

/** How long one test took. */
export interface Timed {
  readonly test: string;
  readonly seconds: number;
}

/** What vitest's JSON reporter writes. */
export interface Report {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      /** In milliseconds; null where it did not run. */
      readonly duration?: number | null;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Something other than a test that failed; it counts as one. */
export function oneFailed(what: string): Outcome {
  return { passed: 0, failed: 1, skipped: 0, failures: [what], times: [] };
}

/** What a report says, by vitest's exit code: where that is not 0, something failed. */
export function outcomeOf(report: Report, exitCode: number): Outcome {
  const { numPassedTests: passed, numPendingTests, numTodoTests } = report;
  const failures = failuresOf(report);
  if (failures.length === 0 && exitCode !== 0) failures.push(`vitest ended with ${exitCode}, and no test failed`);
  return { passed, failed: failures.length, skipped: numPendingTests + numTodoTests, failures, times: timesOf(report) };
}

/** A file that could not be loaded has a message of its own and no test. */
function failuresOf({ testResults }: Report): string[] {
  return testResults
    .filter(({ status }) => status === "failed")
    .flatMap(({ name, message, assertionResults }) => {
      const file = relative(process.cwd(), name);
      const failed = assertionResults.filter(({ status }) => status === "failed");
      if (failed.length === 0) return [`${file}\n${firstLines(message)}`];
      return failed.map(({ fullName, failureMessages }) => `${file}: ${fullName}\n${firstLines(failureMessages.join("\n"))}`);
    });
}

function timesOf({ testResults }: Report): Timed[] {
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, duration }) => ({
      test: `${relative(process.cwd(), name)}: ${fullName}`,
      seconds: (duration ?? 0) / 1000,
    })),
  );
}

function firstLines(message: string): string {
  return stripVTControlCharacters(message)
    .split("\n")
    .filter((line) => !line.includes("node_modules"))
    .slice(0, 12)
    .map((line) => `    ${line.slice(0, 300)}`)
    .join("\n");
}
