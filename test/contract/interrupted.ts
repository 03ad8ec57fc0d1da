import { describe, expect, test } from "vitest";
import type { StepId } from "../../src/config/step-id.ts";
import { picture } from "./picture.ts";
import { ended, endedReadably, run, writesIn } from "./run.ts";
import type { Stages } from "./stages.ts";
import { isWrite } from "./writes.ts";

/** The whole of a step, once: how many writes it takes, and what it leaves. */
async function whole(stages: Stages, id: StepId): Promise<{ writes: number; left: unknown }> {
  await stages.before(id);
  const { writes } = ended(await run(stages.scene, { spec: stages.spec, ids: [id] }));
  return { writes: writes.length, left: await picture(stages.scene) };
}

/** Cuts the line at each write of a step, before and after it is processed, and runs the step again. */
export function interruptedAnywhere(id: StepId, stages: () => Stages): void {
  describe(id, () => {
    test.each(["before", "after"] as const)(
      "cut %s each write, then run again: the same state",
      async (when) => {
        const { writes, left } = await whole(stages(), id);
        for (let k = 1; k <= writes; k += 1) {
          await cut(stages(), id, k, when);
          if (id === "operator-init" && when === "after" && k === 1) await initIsLost(stages());
          else await converges(stages(), id, left, `${when} write ${k} of ${writes}`);
        }
      },
      300_000,
    );
  });
}

async function cut(stages: Stages, id: StepId, k: number, when: "before" | "after"): Promise<void> {
  await stages.before(id);
  stages.scene.line.cutAt(k, when, ({ method, path }) => isWrite(method, path));
  const broken = await run(stages.scene, { spec: stages.spec, ids: [id] });
  stages.scene.line.mend();
  endedReadably(broken);
}

async function converges({ scene, spec }: Stages, id: StepId, left: unknown, where: string): Promise<void> {
  const again = await run(scene, { spec, ids: [id] });
  expect(again.error, `${id}, cut ${where}, then run again`).toBeUndefined();
  expect(await picture(scene), `${id}, cut ${where}`).toEqual(left);
  expect(ended(await run(scene, { spec, ids: [id], plan: true })).writes).toEqual([]);
}

/** The one thing that no second run can mend: it ends with 1, names the state, and never initialises again. */
async function initIsLost({ scene, spec }: Stages): Promise<void> {
  for (const plan of [true, false]) {
    const mark = scene.line.journal.length;
    const error = endedReadably(await run(scene, { spec, ids: ["operator-init"], plan }));
    expect([error.kind.code, error.kind.exit]).toEqual(["VK1503", 1]);
    expect(writesIn(scene.line.asked(mark))).toEqual([]);
  }
}
