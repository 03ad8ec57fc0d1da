import { afterAll, beforeAll } from "vitest";
import { interruptedAnywhere } from "./interrupted.ts";
import { Scene } from "./scene.ts";
import { Stages } from "./stages.ts";

let scene: Scene;
let stages: Stages;

beforeAll(async () => {
  scene = await Scene.open();
  stages = new Stages(scene, await scene.spec());
});
afterAll(() => scene.close());

for (const id of ["install", "operator-init", "operator-unseal", "external-secrets"] as const) interruptedAnywhere(id, () => stages);
