import { afterAll, beforeAll } from "vitest";
import { failsReadably } from "./faults.ts";
import { Scene } from "./scene.ts";
import { order, Stages } from "./stages.ts";

let scene: Scene;
let stages: Stages;

beforeAll(async () => {
  scene = await Scene.open();
  scene.helm.timeoutMs = 250;
  stages = new Stages(scene, await scene.settings({ timeout: "300ms" }));
});
afterAll(() => scene.close());

failsReadably("vault", order, () => stages);
