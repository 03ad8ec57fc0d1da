import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Flags } from "../../src/config/sources.ts";
import type { AskConsent } from "../../src/core/consent.ts";
import type { StepId } from "../../src/config/step-id.ts";
import { asObject, at } from "../fakes/wire/json.ts";
import { ended, endedReadably, results, run, type Ran } from "./run.ts";
import { Scene } from "./scene.ts";

const toUnsealed: StepId[] = ["tls", "install", "operator-init", "operator-unseal"];
let scene: Scene;
let putBack: () => Promise<void>;

const runs = async (flags: Flags, plan = false, consent?: AskConsent): Promise<Ran> =>
  run(scene, { spec: await scene.spec(flags), ids: toUnsealed, plan, ...(consent !== undefined && { consent }) });
const pods = (): unknown[] => scene.prod.objects.list("pods", "vault").map((pod) => at(pod, "metadata", "uid"));
const claimed = (): string =>
  JSON.stringify(at(scene.prod.objects.get("statefulsets.apps", "vault", "vault"), "spec", "volumeClaimTemplates"));

beforeAll(async () => {
  scene = await Scene.open();
  ended(await runs({}));
  putBack = await scene.save();
});
beforeEach(() => {
  scene.prod.rule = undefined;
  return putBack();
});
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
    expect(error.message.split("\n")).toEqual([
      "StatefulSet vault/vault cannot be changed in place: Kubernetes refuses another spec.volumeClaimTemplates",
      ...["0", "1", "2"].map((ordinal) =>
        expect.stringMatching(`^PersistentVolumeClaim vault/data-vault-${ordinal}: .*must support resize`),
      ),
    ]);
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

const expandable = (): void => {
  const found = scene.prod.objects.get("storageclasses.storage.k8s.io", undefined, "standard")!;
  scene.prod.objects.put("storageclasses.storage.k8s.io", { ...found, allowVolumeExpansion: true });
};
const sizes = (): unknown[] =>
  scene.prod.objects.list("persistentvolumeclaims", "vault").map((claim) => at(claim, "spec", "resources", "requests", "storage"));

test("where its volumes may grow it is asked for at a terminal; with a yes they grow, and the StatefulSet is made anew around its pods", async () => {
  expandable();
  const before = pods();
  const consent = vi.fn(() => Promise.resolve(true));
  const ran = ended(await runs({ storageSize: "20Gi" }, false, consent));
  expect(consent.mock.calls).toEqual([
    [
      "StatefulSet vault/vault cannot be changed in place: Kubernetes refuses another spec.volumeClaimTemplates",
      "data-vault-0 would grow to 20Gi, data-vault-1 would grow to 20Gi, data-vault-2 would grow to 20Gi; StatefulSet vault/vault would be made anew around its pods, which run on. Do that?",
    ],
  ]);
  expect(results(ran)["helm vault/vault"]).toBe("updated");
  expect([pods(), claimed(), sizes()]).toEqual([before, expect.stringContaining("20Gi"), ["20Gi", "20Gi", "20Gi"]]);
  expect(scene.vault.nodes.every(({ sealed }) => !sealed)).toBe(true);
  expect(ended(await runs({ storageSize: "20Gi" })).writes).toEqual([]);
});

test("with a no nothing is written, nor is anybody asked where it would lose something", async () => {
  expandable();
  const consent = vi.fn(() => Promise.resolve(false));
  expect(endedReadably(await runs({ storageSize: "20Gi" }, false, consent)).fix).toContain("--cascade=orphan");
  expect(consent.mock.calls.length).toBe(1);
  for (const flags of [{ storageSize: "20Gi", replicas: "1" }, { storageSize: "5Gi" }, { storageSize: "20Gi", storageClass: "other" }])
    expect(endedReadably(await runs(flags, false, consent)).message).toContain("cannot be changed in place");
  expect([consent.mock.calls.length, sizes()]).toEqual([1, ["10Gi", "10Gi", "10Gi"]]);
});

test.each([true, false])("what a rule of the cluster would refuse is said before anything is written (plan: %s)", async (plan) => {
  scene.prod.rule = (kind) => (kind === "StatefulSet" ? "images come from our registry" : undefined);
  const ran = await runs({ imageTag: "1.21.9" }, plan);
  expect(endedReadably(ran).message).toBe(
    'Kubernetes would refuse StatefulSet vault/vault: admission webhook "rules.example.com" denied the request: images come from our registry',
  );
  expect(ran.writes).toEqual([]);
});

test("fewer pods in the same run are a run of their own, before it", async () => {
  expect(endedReadably(await runs({ storageSize: "20Gi", replicas: "1" })).fix).toContain("First, by itself");
});

test("what can change in place does", async () => {
  ended(await runs({ imageTag: "1.21.9", replicas: "3" }));
});

test("what the operator's chart makes is held to the same: a Deployment with another selector goes after a yes", async () => {
  const operator = async (flags: Flags, consent?: AskConsent): Promise<Ran> =>
    run(scene, { spec: await scene.spec(flags), ids: ["external-secrets"], ...(consent !== undefined && { consent }) });
  ended(await operator({}));
  const [deployment] = scene.prod.objects.list("deployments.apps", "external-secrets");
  const spec = { ...asObject(deployment!["spec"]), selector: { matchLabels: { app: "of-before" } } };
  scene.prod.objects.put("deployments.apps", { ...deployment, spec });
  const changed = { operatorSet: ["replicaCount=2"] };
  expect(endedReadably(await operator(changed)).message).toMatch(/^Deployment .* cannot be changed in place: .* another spec\.selector$/);
  ended(await operator(changed, () => Promise.resolve(true)));
  expect(ended(await operator(changed)).writes).toEqual([]);
});
