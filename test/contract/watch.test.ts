import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { World } from "../../src/run/world/open.ts";
import type { KubeObject } from "../../src/systems/world.ts";
import { make } from "../fakes/kube/making.ts";
import { hang, kubeError } from "../fakes/wire/faults.ts";
import { Scene } from "./scene.ts";

let scene: Scene;
let world: World;

beforeEach(async () => {
  scene = await Scene.open();
  world = await scene.world(await scene.spec());
});
afterEach(async () => {
  await world.close();
  await scene.close();
});

const ref = { apiVersion: "v1", kind: "Secret", namespace: "default", name: "late" };
const path = "/api/v1/namespaces/default/secrets";

const put = (name: string, data: Record<string, string>): void => {
  const found = scene.prod.objects.get("secrets", "default", name);
  if (found === undefined) make(scene.prod.objects, "secrets", { metadata: { name, namespace: "default" }, data });
  else scene.prod.objects.put("secrets", { ...found, data });
};
const filled = (found: KubeObject | undefined): boolean => (found?.["data"] as { token?: string } | undefined)?.token !== undefined;

const asked = (): string[] => scene.line.asked().map(({ method, path: where }) => `${method} ${where}`);
const watches = `GET ${path}?watch&fieldSelector&timeoutSeconds`;
const gets = `GET ${path}/late`;

/** When the tool has begun to wait, the Secret comes, and is filled a moment later; another one does not matter. */
async function comesLater(): Promise<void> {
  await vi.waitFor(() => expect(asked()).not.toEqual([]), { interval: 5, timeout: 20_000 });
  put("other", { token: "dG9rZW4=" });
  put("late", {});
  put("late", { token: "dG9rZW4=" });
}

test("what becomes of an object is told by one request, which names that object alone", async () => {
  const [found] = await Promise.all([world.kube.until(ref, filled, 20_000), comesLater()]);
  expect(found?.["data"]).toEqual({ token: "dG9rZW4=" });
  expect(asked()).toEqual([watches]);
  expect(scene.line.asked()[0]?.question).toContain("fieldSelector=metadata.name=late");
});

test("what is so already is told at once, and so is that it is gone", async () => {
  put("late", { token: "dG9rZW4=" });
  expect((await world.kube.until(ref, filled, 20_000))?.metadata.name).toBe("late");
  const gone = world.kube.until(ref, (found) => found === undefined, 20_000);
  await vi.waitFor(() => expect(asked()).toEqual([watches, watches]), { interval: 5, timeout: 20_000 });
  // It is there when the watch begins.
  await new Promise(setImmediate);
  scene.prod.objects.remove("secrets", "default", "late");
  expect(await gone).toBeUndefined();
});

test("who may not watch asks again, and is told the same", async () => {
  scene.prod.access.deny({ username: "operator", verbs: ["watch"], resources: ["secrets"] });
  const [found] = await Promise.all([world.kube.until(ref, filled, 20_000), comesLater()]);
  expect(filled(found)).toBe(true);
  expect(asked().slice(0, 2)).toEqual([watches, gets]);
  expect(new Set(asked().slice(1))).toEqual(new Set([gets]));
});

test.each([
  ["that is refused as a bad request", kubeError(400, "BadRequest", "unable to parse")],
  ["whose events something in between keeps back", hang],
])("a watch %s is not what the wait rests on", async (_, fault) => {
  scene.line.break(({ path: where }) => (where.includes("?watch") ? fault : undefined));
  put("late", { token: "dG9rZW4=" });
  expect(filled(await world.kube.until(ref, filled, fault === hang ? 500 : 20_000))).toBe(true);
});

test("what does not come is given as it is when the time is over", async () => {
  put("late", {});
  expect(filled(await world.kube.until(ref, filled, 300))).toBe(false);
  expect(await world.kube.until({ ...ref, name: "never" }, filled, 300)).toBeUndefined();
});
