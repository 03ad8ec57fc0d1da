import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Flags } from "../../src/config/sources.ts";
import { make } from "../fakes/kube/controllers.ts";
import { asObject, at, type JsonObject } from "../fakes/wire/json.ts";
import { ended, run } from "./run.ts";
import { planted, type Scene } from "./scene.ts";
import { sceneBefore } from "./stages.ts";
import { done, tearDown } from "./tear-down.ts";

let scene: Scene;
let wired: () => Promise<void>;

beforeAll(async () => {
  ({ scene, again: wired } = await sceneBefore("verify"));
}, 120_000);
afterAll(() => scene.close());

const secretIn = (namespace: string, name: string): JsonObject | undefined => scene.prod.objects.get("secrets", namespace, name);
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const values = { username: base64(planted.username), password: base64(planted.password) };

/** What was promised: there, as it was, and nobody's. */
async function expectKept(namespace: string): Promise<void> {
  await scene.prod.settled();
  await scene.prod.settled();
  const kept = secretIn(namespace, "db");
  expect(kept?.["data"]).toEqual(values);
  expect(at(kept, "metadata", "ownerReferences") ?? []).toEqual([]);
}

describe("kubernetes-external-secrets, which writes the Secret of an object that is being deleted", () => {
  const flags: Flags = { operator: "kes", operatorNamespace: "kes", namespace: "shop" };
  const path = "/apis/apps/v1/namespaces/kes/deployments/kubernetes-external-secrets?fieldManager";
  const deployment = (): JsonObject | undefined => scene.prod.objects.get("deployments.apps", "kes", "kubernetes-external-secrets");

  let again: () => Promise<void>;

  beforeAll(async () => {
    await wired();
    ended(await run(scene, { spec: await scene.spec(flags), ids: ["external-secrets", "role", "secret"] }));
    await scene.prod.settled();
    expect(secretIn("shop", "db")?.["data"]).toEqual(values);
    // A pod of it takes its time to end, and works until then.
    const labels = asObject(at(deployment(), "spec", "selector", "matchLabels"));
    make(scene.prod.objects, "pods", { metadata: { name: "kes-0", namespace: "kes", labels } });
    again = await scene.save();
  });
  beforeEach(() => again());

  /** Another one needs it, so it stays. */
  const byHand = (): void =>
    make(scene.prod.objects, "externalsecrets.kubernetes-client.io", {
      apiVersion: "kubernetes-client.io/v1",
      kind: "ExternalSecret",
      metadata: { name: "by-hand", namespace: "default" },
      spec: { backendType: "vault", vaultMountPoint: "another" },
    });

  test("stands still before anything goes, so nobody has to put a Secret back", async () => {
    const { writes, notes } = done(await tearDown(scene, {}, { flags }));
    await expectKept("shop");
    const stopped = writes.indexOf(`PATCH ${path}`);
    expect(stopped).toBeGreaterThanOrEqual(0);
    expect(writes.findIndex((write) => write.startsWith("DELETE"))).toBeGreaterThan(stopped);
    expect(writes.filter((write) => /(POST|PUT) .*\/secrets/.test(write))).toEqual([]);
    expect(notes["kubernetes Namespace shop"]).toBe("stays: it holds Secret db");
  });

  test("runs again as before where it stays", async () => {
    byHand();
    done(await tearDown(scene, {}, { flags }));
    await expectKept("shop");
    expect(at(deployment(), "spec", "replicas")).toBe(1);
    expect(at(deployment(), "metadata", "annotations")).not.toHaveProperty("vault-k8s.io/replicas");
  });

  test("is started by the next run where a run was cut off", async () => {
    byHand();
    scene.line.cutAt(2, "before", (asked) => `${asked.method} ${asked.path}` === `PATCH ${path}`);
    expect((await tearDown(scene, {}, { flags })).error).toBeDefined();
    scene.line.mend();
    expect(at(deployment(), "spec", "replicas")).toBe(0);
    const { changes } = done(await tearDown(scene, {}, { flags }));
    expect(changes["kubernetes ExternalSecrets"]).toEqual(["deployment kes/kubernetes-external-secrets"]);
    expect(at(deployment(), "spec", "replicas")).toBe(1);
    await expectKept("shop");
    expect(done(await tearDown(scene, {}, { flags })).writes).toEqual([]);
  });

  test("is not touched where the Secrets go too", async () => {
    byHand();
    const { writes } = done(await tearDown(scene, { keepSecrets: false }, { flags }));
    await scene.prod.settled();
    expect(secretIn("shop", "db")).toBeUndefined();
    expect(writes).not.toContain(`PATCH ${path}`);
  });
});

test("External Secrets deletes the Secret of an object that says so: it is put back", async () => {
  await wired();
  const resource = "externalsecrets.external-secrets.io";
  const external = scene.prod.objects.get(resource, "default", "db")!;
  const target = { ...asObject(at(external, "spec", "target")), deletionPolicy: "Delete" };
  scene.prod.objects.put(resource, { ...external, spec: { ...asObject(external["spec"]), target } });
  done(await tearDown(scene));
  await expectKept("default");
});
