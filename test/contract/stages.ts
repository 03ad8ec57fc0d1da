import type { Spec } from "../../src/config/spec.ts";
import { steps } from "../../src/run/steps.ts";
import { type StepId } from "../../src/config/step-id.ts";
import { ended, run } from "./run.ts";
import { planted, Scene } from "./scene.ts";

export const order = Object.keys(steps) as StepId[];

/** The states of a scene between the steps of bootstrap: each is reached once, and put back as often as a test wants it. */
export class Stages {
  readonly scene: Scene;
  readonly spec: Spec;
  readonly #saved = new Map<StepId, () => Promise<void>>();

  constructor(scene: Scene, spec: Spec) {
    this.scene = scene;
    this.spec = spec;
  }

  /** Puts everything into the state in which the step is next. */
  async before(id: StepId): Promise<void> {
    const known = this.#saved.get(id);
    if (known !== undefined) return known();
    const earlier = order[order.indexOf(id) - 1];
    if (earlier !== undefined) await this.#past(earlier);
    this.#saved.set(id, await this.scene.save());
  }

  async #past(id: StepId): Promise<void> {
    await this.before(id);
    ended(await run(this.scene, { spec: this.spec, ids: [id] }));
    if (id === "kv") this.scene.put("k8s/eks-prod/db", { username: planted.username, password: planted.password });
  }
}

/** A scene for tests in which servers fail: nothing is waited for long. */
export async function impatient(): Promise<{ scene: Scene; stages: Stages }> {
  const scene = await Scene.open();
  scene.helm.timeoutMs = 250;
  scene.patienceMs = 300;
  return { scene, stages: new Stages(scene, await scene.spec({ timeout: "300ms" })) };
}

/** A scene in which a step is next, and how it is put back there. */
export async function sceneBefore(id: StepId): Promise<{ scene: Scene; again: () => Promise<void> }> {
  const scene = await Scene.open();
  // A machine that is busy is no reason to fail.
  scene.helm.timeoutMs = 60_000;
  const stages = new Stages(scene, await scene.spec());
  await stages.before(id);
  await scene.prod.settled();
  return { scene, again: () => stages.before(id) };
}
