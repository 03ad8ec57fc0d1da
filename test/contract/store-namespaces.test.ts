import { afterAll, beforeAll, expect, test } from "vitest";
import { at } from "../fakes/wire/json.ts";
import { ended, results, run } from "./run.ts";
import { Scene } from "./scene.ts";
import { Stages } from "./stages.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await Scene.open();
  await new Stages(scene, await scene.spec()).before("store");
}, 120_000);
afterAll(() => scene.close());

const store = () => scene.prod.objects.get("clustersecretstores.external-secrets.io", undefined, "vault");
const isSynced = (namespace: string) => scene.prod.objects.get("secrets", namespace, "db") !== undefined;

test("a store for some namespaces is refused to the others, and is for all again where none is said", async () => {
  const shop = await scene.spec({ storeNamespaces: ["shop"], namespace: "shop" });
  expect(results(ended(await run(scene, { spec: shop, ids: ["store"] })))).toEqual({ "kubernetes ClusterSecretStore vault": "created" });
  expect(at(store(), "spec", "conditions")).toEqual([{ namespaces: ["shop"] }]);
  expect(results(ended(await run(scene, { spec: shop, ids: ["store"] })))).toEqual({ "kubernetes ClusterSecretStore vault": "unchanged" });
  const elsewhere = await scene.spec();
  await run(scene, { spec: elsewhere, ids: ["secret"] });
  await scene.prod.settled();
  expect(isSynced("default")).toBe(false);
  expect(results(ended(await run(scene, { spec: elsewhere, ids: ["store"] })))).toEqual({
    "kubernetes ClusterSecretStore vault": "updated",
  });
  await scene.prod.settled();
  expect([at(store(), "spec", "conditions"), isSynced("default")]).toEqual([undefined, true]);
});

test("an operator without stores refuses the setting", async () => {
  const spec = await scene.spec({ operator: "kes", storeNamespaces: ["default"] });
  await expect(run(scene, { spec, ids: ["store"] })).rejects.toThrow("--store-namespace is about a store");
});
