import { expect, test } from "vitest";
import { pass, type Check, type Found } from "../../../src/core/check.ts";
import { converge } from "../../../src/core/converge.ts";
import { same, type Diff } from "../../../src/core/resource.ts";
import type { BoundStep } from "../../../src/core/step.ts";

/** What happened, in its order. */
type Log = string[];

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function check(id: string, log: Log, more: Partial<Check<Log>> = {}): Check<Log> {
  const run = async (): Promise<Found> => {
    log.push(`${id} begins`);
    await later();
    log.push(`${id} ends`);
    return pass();
  };
  return { id, title: id, run, ...more };
}

function step(log: Log, checks: readonly Check<Log>[], diff: Diff = same()): BoundStep<Log, Log> {
  const asked = async (): Promise<Diff> => {
    for (let turn = 0; turn < 5; turn += 1) await later();
    log.push("diff known");
    return diff;
  };
  const apply = (): Promise<void> => Promise.resolve(void log.push("written"));
  return { id: "step", title: "step", resources: [{ id: "object", diff: asked, apply }], checks };
}

const run = (log: Log, one: BoundStep<Log, Log>, hopeful?: () => Promise<boolean>) =>
  converge({ steps: [one], read: log, write: log, on: (event) => event.type === "check" && log.push(`${event.id} told`), hopeful });

const yes = (): Promise<boolean> => Promise.resolve(true);
const no = (): Promise<boolean> => Promise.resolve(false);
const change: Diff = { kind: "update", changes: [] };

test("the checks of a step run side by side, and are told in their order", async () => {
  const log: Log = [];
  await run(log, step(log, [check("a", log), check("b", log)]));
  expect(log.slice(0, 3)).toEqual(["diff known", "a begins", "b begins"]);
  expect(log.filter((line) => line.endsWith("told"))).toEqual(["a told", "b told"]);
});

test("where it looks as if nothing had to be done they are begun beside the diffs, and made once", async () => {
  const log: Log = [];
  await run(log, step(log, [check("a", log)]), yes);
  expect(log).toEqual(["a begins", "a ends", "diff known", "a told"]);
});

test("where it does not, they wait for the diffs", async () => {
  const log: Log = [];
  await run(log, step(log, [check("a", log)]), no);
  expect(log).toEqual(["diff known", "a begins", "a ends", "a told"]);
});

test("what was found before a write is not what is told after it", async () => {
  const log: Log = [];
  await run(log, step(log, [check("a", log)], change), yes);
  expect(log).toEqual(["a begins", "a ends", "diff known", "written", "a begins", "a ends", "a told"]);
});

test("what was prepared is forgotten before anything is written", async () => {
  const log: Log = [];
  const prepare = (): (() => void) => (log.push("prepared"), () => void log.push("forgotten"));
  await run(log, step(log, [check("a", log, { prepare })], change), no);
  expect(log).toEqual(["prepared", "diff known", "forgotten", "written", "a begins", "a ends", "a told", "forgotten"]);
});

test("a run that ends with an error waits for the checks that it began", async () => {
  const log: Log = [];
  const fails = {
    ...step(log, [check("a", log)]),
    resources: [{ id: "object", diff: () => later().then(() => Promise.reject(new Error("no"))), apply: () => Promise.resolve() }],
  };
  let end = (): void => undefined;
  const slow = check("slow", log, { run: () => new Promise<Found>((resolve) => (end = () => resolve(pass()))) });
  const ran = run(log, { ...fails, checks: [slow] }, yes);
  let over = false;
  void ran.catch(() => (over = true));
  for (let turn = 0; turn < 10; turn += 1) await later();
  expect(over).toBe(false);
  end();
  await expect(ran).rejects.toThrow("no");
});

test("of a settling check the first answer may be an early one; asked again it is asked anew", async () => {
  const log: Log = [];
  const anew: Log = [];
  const answers = [{ kind: "fail", reason: "not yet", fix: "" } as const, pass()];
  const settling: Check<Log> = {
    ...check("a", log),
    settles: true,
    run: (read) => Promise.resolve((read.push("asked"), answers.shift()!)),
  };
  const one = step([], [settling]);
  const { findings } = await converge({ steps: [one], read: log, anew, on: () => undefined, hopeful: yes, settleMs: 5_000 });
  expect([findings, log, anew]).toEqual([[pass()], ["asked"], ["asked"]]);
});

test("a command without checks, or with nothing but checks, asks no hint", async () => {
  const log: Log = [];
  const hint = (): Promise<boolean> => Promise.resolve((log.push("hint"), true));
  await run(log, step(log, []), hint);
  await run(log, { ...step(log, [check("a", log)]), resources: [] }, hint);
  expect(log).not.toContain("hint");
});
