import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StepId } from "../../src/config/step-id.ts";
import { ended, results, run } from "./run.ts";
import { Scene } from "./scene.ts";
import { order, Stages } from "./stages.ts";

let scene: Scene;
let stages: Stages;

beforeAll(async () => {
  scene = await Scene.open();
  stages = new Stages(scene, await scene.spec({ audit: "stdout" }));
});
afterAll(() => scene.close());

/** Steps that have nothing to make, or prove only. */
const makesNothing = new Set<StepId>(["tls-served", "verify"]);

describe.each(order)("%s", (id) => {
  const runStep = (plan: boolean) => run(scene, { spec: stages.spec, ids: [id], plan });

  test("a plan only reads", async () => {
    await stages.before(id);
    const ran = ended(await runStep(true));
    expect(ran.writes).toEqual([]);
    expect(Object.values(results(ran)).some((result) => result.startsWith("would-"))).toBe(!makesNothing.has(id));
  });

  test("what is planned is what is done", async () => {
    await stages.before(id);
    const planned = results(ended(await runStep(true)));
    const done = results(ended(await runStep(false)));
    const expected = Object.entries(planned).map(([resource, result]) => [
      resource,
      result === "pending" ? "created" : result.replace(/^would-(\w+)$/, "$1d"),
    ]);
    expect(done).toEqual(Object.fromEntries(expected));
  });

  test("after an apply the plan is empty, and a second apply writes nothing", async () => {
    await stages.before(id);
    const first = ended(await runStep(false));
    expect(first.writes.length > 0).toBe(!makesNothing.has(id));
    for (const plan of [true, false]) {
      const again = ended(await runStep(plan));
      expect(again.writes).toEqual([]);
      expect(Object.values(results(again)).filter((result) => result !== "unchanged")).toEqual([]);
    }
  });
});
