import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Flags } from "../../src/config/sources.ts";
import type { StepId } from "../../src/config/step-id.ts";
import { newAuthMount } from "../fakes/vault/storage.ts";
import { ended, endedReadably, results, run, type HowToRun, type Ran } from "./run.ts";
import { Scene } from "./scene.ts";

const toUnsealed: StepId[] = ["tls", "install", "operator-init", "operator-unseal"];
const otherCluster = "managed by vault-k8s, cluster 11111111-2222-3333-4444-555555555555";
let scene: Scene;
let putBack: () => Promise<void>;

const runs = async (flags: Flags, how: Partial<HowToRun> = {}): Promise<Ran> =>
  run(scene, { spec: await scene.spec(flags), ids: ["install"], ...how });
const balancer = () => scene.prod.objects.get("services", "vault", "vault-ui");

beforeAll(async () => {
  scene = await Scene.open();
  ended(await run(scene, { spec: await scene.spec({ expose: "LoadBalancer" }), ids: toUnsealed }));
  putBack = await scene.save();
});
beforeEach(() => putBack());
afterAll(() => scene.close());

test.each([true, false])(
  "an address does not go while another cluster logs in, which is named; nothing is written (plan: %s)",
  async (plan) => {
    scene.vault.storage.auth.set("k8s-other/", newAuthMount("kubernetes", otherCluster));
    const ran = await runs({ expose: "ClusterIP" }, { plan });
    const error = endedReadably(ran);
    expect(error.message).toMatch(
      /^Service vault\/vault-ui \(10\.20\.0\.\d+\) would go, and others log in to this Vault at auth\/k8s-other$/,
    );
    expect([error.fix, ran.writes, balancer()]).toEqual([expect.stringContaining("--force-address"), [], expect.anything()]);
  },
);

test("with consent it goes", async () => {
  scene.vault.storage.auth.set("k8s-other/", newAuthMount("kubernetes", otherCluster));
  ended(await runs({ expose: "ClusterIP", forceAddress: true }));
  expect(balancer()).toBeUndefined();
});

test("at a terminal it is asked, once, before anything is written: yes takes it away", async () => {
  scene.vault.storage.auth.set("k8s-other/", newAuthMount("kubernetes", otherCluster));
  const consent = vi.fn(() => Promise.resolve(balancer() !== undefined));
  ended(await runs({ expose: "ClusterIP" }, { consent }));
  expect([consent.mock.calls, balancer()]).toEqual([[[expect.stringContaining("at auth/k8s-other"), "Take it away?"]], undefined]);
});

test("no keeps it, and a plan does not ask", async () => {
  scene.vault.storage.auth.set("k8s-other/", newAuthMount("kubernetes", otherCluster));
  const consent = vi.fn(() => Promise.resolve(false));
  const ran = await runs({ expose: "ClusterIP" }, { consent });
  expect([endedReadably(ran).fix, ran.writes]).toEqual([expect.stringContaining("--force-address"), []]);
  endedReadably(await runs({ expose: "ClusterIP" }, { consent, plan: true }));
  expect([consent.mock.calls.length, balancer()]).toEqual([1, expect.anything()]);
});

test("where nobody else logs in it goes", async () => {
  expect(results(ended(await runs({ expose: "ClusterIP" })))["helm vault/vault"]).toBe("updated");
  expect(balancer()).toBeUndefined();
});

test("a Vault that cannot be asked who else logs in keeps it", async () => {
  for (const node of scene.vault.nodes) node.restart();
  const ran = await runs({ expose: "ClusterIP" });
  expect(endedReadably(ran).message).toContain("it cannot be known who else logs in");
  expect([ran.writes, balancer()]).toEqual([[], expect.anything()]);
});

test("what keeps the address is no matter of others", async () => {
  scene.vault.storage.auth.set("k8s-other/", newAuthMount("kubernetes", otherCluster));
  ended(await runs({ expose: "LoadBalancer", imageTag: "1.21.9" }));
  expect(balancer()).toEqual(expect.anything());
});
