import { describe, expect, test } from "vitest";
import { oneFailed, outcomeOf } from "../../scripts/test/report.ts";
import type { Outcome, Report } from "../../scripts/test/report.ts";
import { inLanes } from "../../scripts/test/lanes.ts";
import type { Stage } from "../../scripts/test/stages.ts";
import { summary } from "../../scripts/test/summary.ts";

const ran = (stage: string, outcome: Partial<Outcome>) => ({
  stage,
  seconds: 61.6,
  labSeconds: 0,
  outcome: { passed: 0, failed: 0, skipped: 0, failures: [], times: [], ...outcome },
});

const tests = (statuses: readonly string[]): Report => ({
  numPassedTests: statuses.filter((status) => status === "passed").length,
  numPendingTests: statuses.filter((status) => status === "pending").length,
  numTodoTests: 0,
  testResults: [
    {
      name: `${process.cwd()}/test/a.test.ts`,
      status: statuses.includes("failed") ? "failed" : "passed",
      message: "",
      assertionResults: statuses.map((status, index) => ({
        fullName: `test ${index}`,
        status,
        duration: status === "pending" ? null : 1500,
        failureMessages:
          status === "failed" ? ["\u001B[31mAssertionError: expected 1 to be 2\u001B[39m\n    at node_modules/vitest/x"] : [],
      })),
    },
  ],
});

describe("what came of a run of vitest", () => {
  test("counts, failures with their first lines, and how long each test took", () => {
    const outcome = outcomeOf(tests(["passed", "failed", "pending"]), 1);
    expect(outcome).toMatchObject({ passed: 1, failed: 1, skipped: 1 });
    expect(outcome.failures).toEqual(["test/a.test.ts: test 1\n    AssertionError: expected 1 to be 2"]);
    expect(outcome.times.map(({ seconds }) => seconds)).toEqual([1.5, 1.5, 0]);
  });

  test("a run that ends badly without a failed test has failed", () => {
    expect(outcomeOf(tests(["passed"]), 1)).toMatchObject({ passed: 1, failed: 1 });
  });

  test("a file that cannot be loaded has failed", () => {
    const broken = { ...tests([]), testResults: [{ name: "/x", status: "failed", message: "no such module", assertionResults: [] }] };
    expect(outcomeOf(broken, 1).failures.join()).toContain("no such module");
  });
});

describe("the end of the log", () => {
  test("names each stage's seconds, the slowest tests and the failures, and counts in its last line", () => {
    const times = Array.from({ length: 25 }, (_, index) => ({ test: `test ${index}`, seconds: index }));
    const { lines, well } = summary([ran("quick", { passed: 24, times }), ran("lab", oneFailed("lab: it broke"))], 100);
    expect(well).toBe(false);
    expect(lines.filter((line) => line.startsWith("stage "))).toEqual([
      "stage quick         62 s  24 passed",
      "stage lab           62 s  0 passed, 1 failed",
    ]);
    expect(lines).toContain("all stages         100 s");
    expect(lines.filter((line) => / s {2}test \d+$/.test(line)).map((line) => line.trim())).toHaveLength(20);
    expect(lines.find((line) => line.includes("slowest"))).toBe("The 20 slowest tests:");
    expect(lines).toContain("failed: lab: it broke");
    expect(lines.at(-1)).toBe("24 passed, 1 failed");
  });

  test("is well only when something passed, nothing failed and nothing was skipped", () => {
    expect(summary([ran("quick", { passed: 1 })], 1).well).toBe(true);
    expect(summary([ran("quick", {})], 1).well).toBe(false);
    const skipped = summary([ran("quick", { passed: 1, skipped: 2 })], 1);
    expect([skipped.well, skipped.lines.at(-1)]).toEqual([false, "1 passed, 0 failed, 2 skipped"]);
  });
});

describe("the order of the stages", () => {
  const stage = (name: string, ...labs: string[]): Stage => ({ name, projects: [], labs });
  const stages = [stage("check"), stage("quick"), stage("a", "a"), stage("b", "b", "c"), stage("d", "d"), stage("e", "e")];

  /** Runs them, each for a turn of the loop; says which ran together with which. */
  async function seen(labsAtOnce: number): Promise<{ readonly groups: string[]; readonly order: string[]; readonly alone: string[] }> {
    const running = new Set<string>();
    const groups: string[] = [];
    const alone: string[] = [];
    const all = await inLanes(
      stages,
      async ({ name }, isAlone) => {
        running.add(name);
        if (isAlone) alone.push(name);
        await new Promise(setImmediate);
        groups.push([...running].join("+"));
        running.delete(name);
        return ran(name, {});
      },
      labsAtOnce,
    );
    return { groups, order: all.map(({ stage: name }) => name), alone };
  }

  test("those without labs, or with as many as there may be, run alone and first, the others side by side", async () => {
    const { groups, order, alone } = await seen(2);
    expect(groups.slice(0, 4)).toEqual(["check", "quick", "b", "a+d"]);
    expect(Math.max(...groups.map((group) => group.split("+").length))).toBe(2);
    expect(order).toEqual(["check", "quick", "a", "b", "d", "e"]);
    expect(alone).toEqual(["check", "quick", "b"]);
  });

  test("with one lab at a time nothing runs beside anything", async () => {
    const { groups, alone } = await seen(1);
    expect(groups).toEqual(["check", "quick", "a", "b", "d", "e"]);
    expect(alone).toHaveLength(6);
  });
});
