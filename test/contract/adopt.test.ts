import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { converge, type RunEvent } from "../../src/core/converge.ts";
import { CliError } from "../../src/core/errors.ts";
import { adoptStep, afterAdoption } from "../../src/run/adopt/step.ts";
import { newAuthMount } from "../fakes/vault/storage.ts";
import { asObject } from "../fakes/wire/json.ts";
import { ended, endedReadably, results, run, writesIn } from "./run.ts";
import type { Scene } from "./scene.ts";
import { order, sceneBefore } from "./stages.ts";

let scene: Scene;
let wired: () => Promise<void>;

beforeAll(async () => {
  // Tuning a mount wants more than the narrow token may.
  ({ scene, again: wired } = await sceneBefore("retire-root"));
}, 240_000);
beforeEach(async () => {
  await wired();
  takeMarksAway();
});
afterAll(() => scene.close());

const objects = [
  ["serviceaccounts", "vault-k8s", "vault-reviewer"],
  ["secrets", "vault-k8s", "vault-reviewer-token"],
  ["clusterrolebindings.rbac.authorization.k8s.io", undefined, "vault-k8s-k8s-eks-prod-auth-delegator"],
  ["clustersecretstores.external-secrets.io", undefined, "vault"],
  ["externalsecrets.external-secrets.io", "default", "db"],
] as const;

/** As if somebody else had made all of it. */
function takeMarksAway(): void {
  const { auth, policies } = scene.vault.storage;
  auth.get("k8s-eks-prod/")!.description = "made by hand";
  const policy = policies.get("k8s-eks-prod-read")!;
  policies.set("k8s-eks-prod-read", { ...policy, text: policy.text.split("\n").slice(1).join("\n") });
  for (const [resource, namespace, name] of objects) {
    const object = scene.prod.objects.get(resource, namespace, name)!;
    const { managedFields: _fields, ...metadata } = asObject(object["metadata"]);
    scene.prod.objects.put(resource, { ...object, metadata: { ...metadata, labels: {} } });
  }
}

async function adopt(plan = false): Promise<{ error: unknown; results: Record<string, string>; writes: string[] }> {
  const spec = await scene.spec();
  const mark = scene.line.journal.length;
  const world = await scene.world(spec, 60_000);
  const events: RunEvent[] = [];
  const error = await converge({
    steps: [adoptStep(spec, false)],
    read: world,
    write: plan ? undefined : world,
    on: (event) => events.push(event),
  }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  await world.close();
  const writes = writesIn(scene.line.asked(mark)).map(({ method, path }) => `${method} ${path}`);
  return { error, results: results({ events }), writes };
}

const ids = order.filter((id) => id !== "retire-root");
const bootstrap = async (plan: boolean) => run(scene, { spec: await scene.spec(), ids, plan, timeoutMs: 60_000 });

test("what is there without our mark is a conflict before, and taken over afterwards; the marks alone are written", async () => {
  expect(endedReadably(await bootstrap(true)).kind.code).toBe("VK1401");
  const planned = await adopt(true);
  expect([planned.error, planned.writes]).toEqual([undefined, []]);
  const ran = await adopt();
  expect(ran.error).toBeUndefined();
  expect(Object.values(ran.results).filter((result) => result === "updated").length).toBe(7);
  expect(ran.writes.length).toBe(7);
  const again = ended(await bootstrap(true));
  const differs = Object.entries(results(again)).filter(([, result]) => result !== "unchanged");
  expect(differs).toEqual([]);
  expect(scene.vault.storage.auth.get("k8s-eks-prod/")!.description).toContain("before: made by hand");
  expect((await adopt()).writes).toEqual([]);
});

test("what would differ afterwards is known before", async () => {
  scene.vault.storage.auth.get("k8s-eks-prod/")!.roles.get("external-secrets")!["token_ttl"] = 60;
  const spec = await scene.spec();
  const world = await scene.world(spec, 60_000);
  const after = afterAdoption(world, spec, false);
  const events: RunEvent[] = [];
  const { bind } = await import("../../src/core/step.ts");
  const { steps } = await import("../../src/run/steps.ts");
  await converge({ steps: ids.map((id) => bind(steps[id], spec)), read: after, on: (event) => events.push(event) });
  await world.close();
  const differs = Object.entries(results({ events })).filter(([, result]) => result !== "unchanged");
  expect(differs).toEqual([["vault auth/k8s-eks-prod/role/external-secrets", "would-update"]]);
});

test("what belongs to another cluster or another tool is not taken over, and nothing is written", async () => {
  const other = "managed by vault-k8s, cluster 11111111-2222-3333-4444-555555555555";
  scene.vault.storage.auth.set("k8s-eks-prod/", newAuthMount("kubernetes", other));
  const store = scene.prod.objects.get("clustersecretstores.external-secrets.io", undefined, "vault")!;
  const labels = { "app.kubernetes.io/managed-by": "Helm" };
  scene.prod.objects.put("clustersecretstores.external-secrets.io", { ...store, metadata: { ...asObject(store["metadata"]), labels } });
  const { error, writes } = await adopt();
  expect([error instanceof CliError && error.kind.code, writes]).toEqual(["VK1401", []]);
  expect(String(error)).toMatch(/belongs to another cluster[^]*managed by Helm|managed by Helm[^]*belongs to another cluster/);
});
