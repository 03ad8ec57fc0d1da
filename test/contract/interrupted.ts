import { describe, expect, test } from "vitest";
import type { StepId } from "../../src/config/step-id.ts";
import { picture } from "./picture.ts";
import type { Recorded } from "../fakes/wire/exchange.ts";
import { ended, endedReadably, run, writesIn, type Ran } from "./run.ts";
import type { Stages } from "./stages.ts";
import { isWrite } from "./writes.ts";

/** The whole of a step, once: its writes, and what it leaves. */
async function whole(stages: Stages, id: StepId): Promise<{ writes: readonly Recorded[]; left: unknown }> {
  await stages.before(id);
  const { writes } = ended(await run(stages.scene, { spec: stages.spec, ids: [id] }));
  return { writes, left: await picture(stages.scene) };
}

/** Cuts the line at each write of a step, before and after it is processed, and runs the step again. */
export function interruptedAnywhere(id: StepId, stages: () => Stages): void {
  describe(id, () => {
    test.each(["before", "after"] as const)(
      "cut %s each write, then run again: the same state",
      async (when) => {
        const { writes, left } = await whole(stages(), id);
        for (const [index, write] of writes.entries()) {
          const broken = await cut(stages(), id, index + 1, when);
          // A lock that cannot be given back ends by itself.
          if (!givesBack(write)) endedReadably(broken);
          if (write.path.endsWith("/sys/init") && when === "after") await initIsLost(stages());
          else if (beginsRoot(write) && when === "after") await nonceIsUnknown(stages(), id);
          else await converges(stages(), id, left, `${when} write ${index + 1} of ${writes.length}`);
        }
      },
      300_000,
    );
  });
}

const givesBack = ({ method, path }: Recorded): boolean => method === "DELETE" && path.includes("/leases/");

const beginsRoot = ({ method, path }: Recorded): boolean => method === "POST" && path.endsWith("/sys/generate-root/attempt");

/** A root generation whose nonce never came may be anybody's: it is left, and the run says how it is ended. */
async function nonceIsUnknown({ scene, spec }: Stages, id: StepId): Promise<void> {
  const error = endedReadably(await run(scene, { spec, ids: [id] }));
  expect([error.kind.code, error.kind.exit, error.fix]).toEqual(["VK1522", 75, expect.stringContaining("--cancel") as string]);
  for (const node of scene.vault.nodes) node.rootAttempt = undefined;
  ended(await run(scene, { spec, ids: [id] }));
}

async function cut(stages: Stages, id: StepId, k: number, when: "before" | "after"): Promise<Ran> {
  await stages.before(id);
  stages.scene.line.cutAt(k, when, ({ method, path }) => isWrite(method, path));
  const broken = await run(stages.scene, { spec: stages.spec, ids: [id] });
  stages.scene.line.mend();
  return broken;
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
