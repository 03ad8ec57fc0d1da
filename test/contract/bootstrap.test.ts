import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Flags } from "../../src/config/sources.ts";
import { vaultSteps } from "../../src/run/which-steps.ts";
import { picture } from "./picture.ts";
import { ended, endedReadably, results, run, writesIn } from "./run.ts";
import { planted, Scene } from "./scene.ts";
import { order } from "./stages.ts";
import { isWrite } from "./writes.ts";

let scene: Scene;
let asNew: () => Promise<void>;

beforeAll(async () => {
  scene = await Scene.open();
  asNew = await scene.save();
});
afterEach(() => asNew());
afterAll(() => scene.close());

const wiring = order.filter((id) => !vaultSteps.includes(id));

const bootstrap = async (flags: Flags = {}, plan = false) => run(scene, { spec: await scene.spec(flags), ids: order, plan });
const wireOnly = async (flags: Flags, plan = false) => run(scene, { spec: await scene.spec(flags), ids: wiring, plan });

/** A run that has nothing to do: every line says unchanged, and nothing is written. */
function didNothing(ran: Awaited<ReturnType<typeof run>>): void {
  expect(new Set(Object.values(results(ended(ran))))).toEqual(new Set(["unchanged"]));
  expect(ran.writes).toEqual([]);
}

/** What the Secret in a cluster holds. */
const synced = (kube: Scene["prod"], name: string): unknown => kube.objects.get("secrets", "default", name)?.["data"];

describe.each(["eso", "kes"])("from nothing to a synced Secret with %s", (operator) => {
  test("all steps, and again: every resource unchanged, no write", async () => {
    const first = ended(await bootstrap({ operator }));
    expect(first.findings.map(({ kind }) => kind)).toContain("missing");
    scene.put("k8s/eks-prod/db", { username: planted.username, password: planted.password });
    const again = await bootstrap({ operator });
    didNothing(again);
    expect(again.findings.every(({ kind }) => kind === "pass")).toBe(true);
    expect(synced(scene.prod, "db")).toEqual({ username: base64(planted.username), password: base64(planted.password) });
    didNothing(await bootstrap({ operator }, true));
  });
});

const base64 = (text: string): string => Buffer.from(text).toString("base64");

test("single commands one after the other leave what bootstrap leaves", async () => {
  ended(await bootstrap());
  const whole = await picture(scene);
  await asNew();
  const spec = await scene.spec();
  for (const id of order) ended(await run(scene, { spec, ids: [id] }));
  expect(await picture(scene)).toEqual(whole);
});

test("cut here and there, then run again: the same state", async () => {
  const { writes } = ended(await bootstrap());
  const whole = await picture(scene);
  for (const k of spread(writes.length, 8)) {
    await asNew();
    // An init whose answer is lost cannot be mended; it has a test of its own.
    const when = writes[k - 1]?.path.endsWith("/sys/init") === true ? "before" : k % 2 === 0 ? "before" : "after";
    scene.line.cutAt(k, when, ({ method, path }) => isWrite(method, path));
    endedReadably(await bootstrap());
    scene.line.mend();
    const again = await bootstrap();
    expect(again.error, `cut ${when} write ${k} of ${writes.length}`).toBeUndefined();
    expect(await picture(scene), `cut ${when} write ${k} of ${writes.length}`).toEqual(whole);
  }
}, 300_000);

/** `count` numbers from 1 to `last`, evenly apart. */
const spread = (last: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => 1 + Math.floor((index * (last - 1)) / (count - 1)));

test("an init whose answer is lost ends with 1 and VK1503, and is never sent again", async () => {
  scene.line.cutAt(1, "after", ({ path }) => path.endsWith("/sys/init"));
  endedReadably(await bootstrap());
  scene.line.mend();
  const mark = scene.line.journal.length;
  const { kind } = endedReadably(await bootstrap());
  expect([kind.code, kind.exit]).toEqual(["VK1503", 1]);
  expect(writesIn(scene.line.asked(mark))).toEqual([]);
});

describe("a second cluster on the same Vault", () => {
  const staging: Flags = { cluster: "eks-staging", vaultContext: "eks-prod" };

  test("is wired, and the first one still works", async () => {
    ended(await bootstrap({ expose: "LoadBalancer" }));
    scene.put("k8s/eks-prod/db", { password: planted.password });
    scene.put("k8s/eks-staging/db", { password: planted.username });
    const before = (await picture(scene)) as { prod: unknown };
    const flags = { ...staging, kubernetesHost: scene.staging.url };
    ended(await wireOnly(flags));
    didNothing(await wireOnly(flags));
    expect(((await picture(scene)) as { prod: unknown }).prod).toEqual(before.prod);
    didNothing(await bootstrap({ expose: "LoadBalancer" }));
    expect([synced(scene.prod, "db"), synced(scene.staging, "db")]).toEqual([
      { password: base64(planted.password) },
      { password: base64(planted.username) },
    ]);
  });

  test("under the first one's mount is refused, and nothing is changed", async () => {
    ended(await bootstrap({ expose: "LoadBalancer" }));
    const before = await picture(scene);
    const ran = await wireOnly({ ...staging, kubernetesHost: scene.staging.url, authMount: "k8s-eks-prod" });
    expect(endedReadably(ran).kind.code).toBe("VK1401");
    expect(ran.writes).toEqual([]);
    expect(await picture(scene)).toEqual(before);
  });
});
