import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Flags } from "../../src/config/sources.ts";
import type { StepId } from "../../src/config/step-id.ts";
import { asObject, at } from "../fakes/wire/json.ts";
import { ended, endedReadably, run, type Ran } from "./run.ts";
import { Scene } from "./scene.ts";

const toUnsealed: StepId[] = ["tls", "install", "operator-init", "operator-unseal"];
let scene: Scene;
let putBack: () => Promise<void>;

const runs = async (flags: Flags, plan = false): Promise<Ran> => run(scene, { spec: await scene.spec(flags), ids: toUnsealed, plan });
const pods = (): unknown[] => scene.prod.objects.list("pods", "vault").map((pod) => at(pod, "metadata", "uid"));
const claimed = (): string =>
  JSON.stringify(at(scene.prod.objects.get("statefulsets.apps", "vault", "vault"), "spec", "volumeClaimTemplates"));

beforeAll(async () => {
  scene = await Scene.open();
  ended(await runs({}));
  putBack = await scene.save();
});
beforeEach(() => putBack());
afterAll(() => scene.close());

/** kubectl delete statefulset vault --cascade=orphan */
function orphan(): void {
  for (const pod of scene.prod.objects.list("pods", "vault")) {
    const { ownerReferences: _, ...metadata } = asObject(pod["metadata"]);
    scene.prod.objects.put("pods", { ...pod, metadata });
  }
  scene.prod.objects.remove("statefulsets.apps", "vault", "vault");
}

test.each([true, false])(
  "another size of the volumes is said to be no change in place, with what does it; nothing is written (plan: %s)",
  async (plan) => {
    const ran = await runs({ storageSize: "20Gi" }, plan);
    const error = endedReadably(ran);
    expect(error.message).toBe("StatefulSet vault/vault cannot be changed in place: Kubernetes refuses another spec.volumeClaimTemplates");
    for (const name of ["vault-0", "vault-1", "vault-2"])
      expect(error.fix).toContain(`patch pvc data-${name} -p '{"spec":{"resources":{"requests":{"storage":"20Gi"}}}}'`);
    expect(error.fix).toContain("delete statefulset vault --cascade=orphan");
    expect(ran.writes).toEqual([]);
  },
);

test("after those lines the same command makes the StatefulSet anew around its pods, which run on; then there is nothing to do", async () => {
  const before = pods();
  orphan();
  ended(await runs({ storageSize: "20Gi" }));
  expect([pods(), claimed()]).toEqual([before, expect.stringContaining("20Gi")]);
  expect(scene.vault.nodes.every(({ sealed }) => !sealed)).toBe(true);
  expect(ended(await runs({ storageSize: "20Gi" })).writes).toEqual([]);
});

test("fewer pods in the same run are a run of their own, before it", async () => {
  expect(endedReadably(await runs({ storageSize: "20Gi", replicas: "1" })).fix).toContain("First, by itself");
});

test("what can change in place does", async () => {
  ended(await runs({ imageTag: "1.21.9", replicas: "3" }));
});
