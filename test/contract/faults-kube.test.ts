import { afterAll, beforeAll } from "vitest";
import { failsReadably } from "./faults.ts";
import type { Scene } from "./scene.ts";
import { impatient, order, type Stages } from "./stages.ts";

let scene: Scene;
let stages: Stages;

beforeAll(async () => {
  ({ scene, stages } = await impatient());
});
afterAll(() => scene.close());

failsReadably("kube", order, () => stages);
