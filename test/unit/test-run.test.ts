import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { oneFailed, outcomeOf } from "../../scripts/test/report.ts";
import type { Outcome, Report } from "../../scripts/test/report.ts";
import { inLanes, type Lane } from "../../scripts/test/lanes.ts";
import { chosen } from "../../scripts/test/stages.ts";
import { suites as all, type Beginning, type Suite } from "../../scripts/test/suites.ts";
import { summary } from "../../scripts/test/summary.ts";

const ran = (name: string, outcome: Partial<Outcome>) => ({
  name,
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
  test("names the seconds of each stage and suite, the slowest tests and the failures, and counts in its last line", () => {
    const times = Array.from({ length: 25 }, (_, index) => ({ test: `test ${index}`, seconds: index }));
    const { lines, well } = summary([ran("quick", { passed: 24, times }), ran("doctor", oneFailed("doctor: it broke"))], 100);
    expect(well).toBe(false);
    expect(lines.filter((line) => /^\w+ {3,}\d+ s/.test(line))).toEqual([
      "quick               62 s  24 passed",
      "doctor              62 s  0 passed, 1 failed",
      "all                100 s",
    ]);
    expect(lines.filter((line) => / s {2}test \d+$/.test(line)).map((line) => line.trim())).toHaveLength(20);
    expect(lines.find((line) => line.includes("slowest"))).toBe("The 20 slowest tests:");
    expect(lines).toContain("failed: doctor: it broke");
    expect(lines.at(-1)).toBe("24 passed, 1 failed");
  });

  test("is well only when something passed, nothing failed and nothing was skipped", () => {
    expect(summary([ran("quick", { passed: 1 })], 1).well).toBe(true);
    expect(summary([ran("quick", {})], 1).well).toBe(false);
    const skipped = summary([ran("quick", { passed: 1, skipped: 2 })], 1);
    expect([skipped.well, skipped.lines.at(-1)]).toEqual([false, "1 passed, 0 failed, 2 skipped"]);
  });
});

describe("suites in labs", () => {
  const suites: readonly Suite[] = [
    { name: "a", begins: "empty" },
    { name: "b", begins: "wired", keeps: true },
    { name: "c", begins: "empty" },
    { name: "d", begins: "wired", keeps: true },
    { name: "e", begins: "wired" },
  ];

  /** Runs them, each for a turn of the loop; says what each lab did, in its order. */
  async function seen(labs: number): Promise<{ readonly lanes: string[][]; readonly order: string[] }> {
    const lanes: string[][] = [];
    const laneOf = (): Lane => {
      const did: string[] = [];
      lanes.push(did);
      let fresh: Beginning | undefined;
      return {
        get fresh() {
          return fresh;
        },
        run: async ({ name, begins, keeps }) => {
          did.push(name);
          await new Promise(setImmediate);
          fresh = keeps === true ? begins : undefined;
          return ran(name, {});
        },
        end: async () => void did.push("down"),
      };
    };
    const done = await inLanes(suites, laneOf, labs);
    return { lanes, order: done.map(({ name }) => name) };
  }

  test("a lab that is untouched takes the next suite that begins so; each is taken down", async () => {
    expect(await seen(1)).toEqual({ lanes: [["a", "b", "d", "e", "c", "down"]], order: ["a", "b", "c", "d", "e"] });
  });

  test("as many run side by side as there may be", async () => {
    const { lanes, order } = await seen(2);
    expect(lanes).toEqual([
      ["a", "c", "e", "down"],
      ["b", "d", "down"],
    ]);
    expect(order).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("a lab is taken down when a suite breaks off", async () => {
    const ended: number[] = [];
    const laneOf = (number: number): Lane => ({
      fresh: undefined,
      run: () => Promise.reject(new Error("broken off")),
      end: async () => void ended.push(number),
    });
    await expect(inLanes(suites, laneOf, 1)).rejects.toThrow("broken off");
    expect(ended).toEqual([1]);
  });

  test("every suite has a file, and every file is a suite", () => {
    const files = readdirSync(join(import.meta.dirname, "../lab/suites")).map((file) => file.replace(".lab.test.ts", ""));
    expect(files.sort()).toEqual(all.map(({ name }) => name).sort());
  });

  test("what runs is chosen by name; a name that is none is refused with those that are", () => {
    expect(chosen([]).suites).toEqual(all);
    expect(chosen(["lab"])).toEqual({ stages: [], suites: all });
    expect(chosen(["check", "root"])).toMatchObject({ stages: [{ name: "check" }], suites: [{ name: "root" }] });
    expect(() => chosen(["rooot"])).toThrow(/no stage or suite "rooot": check, quick, .*root/);
  });
});
