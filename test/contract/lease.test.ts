import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { kinds } from "../../src/errors.ts";
import { withLease, leaseNeeds, type HowToHold } from "../../src/kubernetes/lease.ts";
import type { World } from "../../src/run/world/open.ts";
import { asObject, at } from "../fakes/wire/json.ts";
import { errorOf } from "../unit/systems/server.ts";
import { Scene } from "./scene.ts";

const of = { namespace: "kube-public", release: "vault" };

let scene: Scene;
let worlds: World[];
let said: string[];

beforeEach(async () => {
  scene = await Scene.open();
  worlds = [];
  said = [];
});
afterEach(async () => {
  await Promise.all(worlds.map((world) => world.close()));
  await scene.close();
});

/** The Kubernetes of a run of its own. */
async function run() {
  const world = await scene.world(await scene.spec());
  worlds.push(world);
  return world.kube;
}

const how = (without: HowToHold["without"] = "stop", lastsMs = 1_000): HowToHold => ({
  say: (words) => void said.push(words),
  without,
  times: { lastsMs, renewMs: lastsMs / 4 },
});

const lease = () => scene.prod.objects.get("leases.coordination.k8s.io", of.namespace, "vault-k8s-vault");
const spec = () => asObject(lease()?.["spec"]);
const put = (holderIdentity: string, seconds: number, more: object = {}) =>
  scene.prod.objects.put("leases.coordination.k8s.io", {
    metadata: { name: "vault-k8s-vault", namespace: of.namespace, uid: `uid-${Math.random()}`, ...more },
    spec: {
      holderIdentity,
      leaseDurationSeconds: seconds,
      renewTime: "2020-01-01T00:00:00.000000Z",
      acquireTime: "2020-01-01T00:00:00.000000Z",
    },
  });

/** Asked until it holds: no timer of ours is known here. */
const until = (fact: () => boolean) => expect.poll(fact, { timeout: 20_000, interval: 20 }).toBe(true);

test("work is under a Lease that names its holder, is renewed, and is taken away at the end", async () => {
  const kube = await run();
  await withLease(kube, of, how(), async (held) => {
    const first = spec();
    expect(first).toMatchObject({ leaseDurationSeconds: 1, leaseTransitions: 0 });
    expect(first["holderIdentity"]).toMatch(/^\S+@\S+ [0-9a-f]{16}$/);
    expect(at(lease(), "metadata", "labels", "app.kubernetes.io/managed-by")).toBe("vault-k8s");
    await until(() => spec()["renewTime"] !== first["renewTime"]);
    await held.stillHeld();
  });
  expect(lease()).toBeUndefined();
});

test("work that fails takes it away too; work within work is under the same one", async () => {
  const kube = await run();
  const mark = scene.line.journal.length;
  await expect(
    withLease(kube, of, how(), () =>
      withLease(kube, of, how(), async () => {
        throw new Error("it failed");
      }),
    ),
  ).rejects.toThrow("it failed");
  expect(lease()).toBeUndefined();
  expect(scene.line.asked(mark).map(({ method }) => method)).toEqual(["POST", "DELETE"]);
});

test("a second run is told who works, once it has seen the Lease renewed, and changes nothing of it", async () => {
  const [one, other] = [await run(), await run()];
  await withLease(one, of, how(), async (held) => {
    const error = await errorOf(withLease(other, of, how(), () => expect.fail("two at once")));
    expect([error.kind, error.message, error.why]).toEqual([
      kinds.runUnderWay,
      expect.stringContaining("Another run is at work"),
      expect.stringMatching(/^\S+@\S+ holds its Lease kube-public\/vault-k8s-vault since /),
    ]);
    await held.stillHeld();
  });
  expect(said.join()).toContain("looking whether that run still lives");
});

test("it is taken over only after it was seen unrenewed for as long as it lasts, however old its times are", async () => {
  put("ann@elsewhere 0123456789abcdef", 2);
  const began = performance.now();
  await withLease(await run(), of, how(), async () => {
    expect(performance.now() - began).toBeGreaterThanOrEqual(2_000);
    expect(spec()).toMatchObject({ leaseTransitions: 1, leaseDurationSeconds: 1 });
  });
  expect(lease()).toBeUndefined();
});

test("a holder that lost it is stopped before it does what cannot be taken back, and does not take it from the next", async () => {
  const kube = await run();
  await withLease(kube, of, how("stop", 60_000), async (held) => {
    put("bob@elsewhere 0123456789abcdef", 60);
    const error = await errorOf(held.stillHeld());
    expect([error.kind, error.why]).toEqual([kinds.runUnderWay, expect.stringContaining("is held by bob@elsewhere")]);
  });
  expect(spec()["holderIdentity"]).toBe("bob@elsewhere 0123456789abcdef");
});

test("one that was changed by others meanwhile is still held", async () => {
  const kube = await run();
  await withLease(kube, of, how("stop", 60_000), async (held) => {
    await kube.patch(
      { apiVersion: "coordination.k8s.io/v1", kind: "Lease", namespace: of.namespace, name: "vault-k8s-vault" },
      { metadata: { labels: { seen: "yes" } } },
    );
    await held.stillHeld();
    await kube.patch(
      { apiVersion: "coordination.k8s.io/v1", kind: "Lease", namespace: of.namespace, name: "vault-k8s-vault" },
      { metadata: { labels: { seen: "again" } } },
    );
  });
  expect(lease()).toBeUndefined();
});

test("the Lease of a run that was killed on this machine is taken over at once", async () => {
  const child = fork(join(import.meta.dirname, "../processes/lease-holder.ts"), { execArgv: ["--disable-warning=ExperimentalWarning"] });
  const [holder] = (await once(child, "message")) as [{ identity: string; annotation: string }];
  put(holder.identity, 60, { annotations: { "vault-k8s.io/holder": holder.annotation } });
  const second = errorOf(withLease(await run(), of, how(), () => expect.fail("it still runs")));
  await until(() => said.length > 0);
  put(holder.identity, 60, { annotations: { "vault-k8s.io/holder": holder.annotation } });
  expect((await second).kind).toBe(kinds.runUnderWay);
  child.kill("SIGKILL");
  await once(child, "exit");
  await withLease(await run(), of, how("stop", 60_000), async (held) => held.stillHeld());
  expect(lease()).toBeUndefined();
});

test("without the right to Leases work stops with the rule that grants it, or goes on with a notice", async () => {
  const kube = await run();
  scene.prod.access.deny({ username: "operator", resources: ["leases"] });
  const error = await errorOf(withLease(kube, of, how("stop"), () => expect.fail("without a Lease")));
  expect(error.kind).toBe(kinds.kubeForbidden);
  expect(error.fix).toContain(
    "create role vault-k8s-lease -n kube-public --verb=get,create,update,delete --resource=leases.coordination.k8s.io",
  );
  expect(await withLease(kube, of, how("go on"), (held) => held.stillHeld().then(() => "done"))).toBe("done");
  expect(said).toEqual(["without the right to Leases in namespace kube-public, nothing keeps another run away meanwhile"]);
  expect(leaseNeeds(of).map(({ verb, name }) => [verb, name])).toEqual([
    ["get", "vault-k8s-vault"],
    ["create", undefined],
    ["update", "vault-k8s-vault"],
    ["delete", "vault-k8s-vault"],
  ]);
});

test("twenty runs at once: never two at a time", async () => {
  const kubes = await Promise.all(Array.from({ length: 20 }, run));
  let inside = 0;
  let most = 0;
  const outcomes = await Promise.allSettled(
    kubes.map((kube) =>
      withLease(kube, of, how("stop", 60_000), async (held) => {
        most = Math.max(most, (inside += 1));
        await held.stillHeld();
        inside -= 1;
      }),
    ),
  );
  expect(most).toBe(1);
  expect(outcomes.some(({ status }) => status === "fulfilled")).toBe(true);
  expect(lease()).toBeUndefined();
});
