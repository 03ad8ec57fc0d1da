import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Readers, Writers } from "../../src/systems/world.ts";
import { lookAtCluster } from "../../src/run/status/look.ts";
import { bind, type BoundStep } from "../../src/core/step.ts";
import { steps } from "../../src/run/steps.ts";
import { statusDocument } from "../../src/run/status/schema.ts";
import { cutBefore, kubeError, vaultError, type FaultRule } from "../fakes/wire/faults.ts";
import { writesIn } from "./run.ts";
import { Scene } from "./scene.ts";
import { Stages, order } from "./stages.ts";

let scene: Scene;
let stages: Stages;
beforeAll(async () => {
  scene = await Scene.open();
  stages = new Stages(scene, await scene.spec());
  await stages.before("verify");
}, 120_000);
afterAll(() => scene.close());

/** One look, which writes nothing. What it asks is counted in asked-once.test.ts. */
async function look(rule?: FaultRule) {
  if (rule !== undefined) scene.line.break(rule);
  const spec = await scene.spec();
  const world = await scene.world(spec);
  const mark = scene.line.journal.length;
  const bound: BoundStep<Readers, Writers>[] = order.map((id) => bind(steps[id], spec));
  const status = await lookAtCluster(world, spec, bound, true).finally(() => world.close());
  scene.line.mend();
  expect(writesIn(scene.line.asked(mark))).toEqual([]);
  return { status };
}

describe("a look at a wired cluster", () => {
  test("finds nothing that differs", async () => {
    const { status } = await look();
    expect(status.steps.filter(({ state }) => state !== "ok")).toEqual([]);
  });

  test("is a document that its schema describes", async () => {
    const { status } = await look();
    statusDocument.parse(
      JSON.parse(JSON.stringify({ apiVersion: "vault-k8s.io/v1", kind: "Status", at: "", clusters: [status], exitCode: 0 })),
    );
  });
});

describe("what cannot be read hides nothing else", () => {
  test.each<[string, FaultRule, RegExp]>([
    [
      "the storage",
      ({ path }) => (path.includes("storage/raft") ? vaultError(403, "permission denied") : undefined),
      /raft health.*raft peers/,
    ],
    ["roles", ({ path }) => (/auth\/k8s-eks-prod\/role/.test(path) ? vaultError(403, "permission denied") : undefined), /roles of/],
    ["stores", ({ path }) => (path.includes("clustersecretstores?") ? kubeError(403, "Forbidden", "no") : undefined), /stores and secrets/],
    ["deployments", ({ path }) => (path.includes("/deployments") ? kubeError(403, "Forbidden", "no") : undefined), /operator/],
    ["everything in Vault", ({ path }) => (path.startsWith("/v1/") || path.startsWith("sys/") ? cutBefore : undefined), /./],
  ])("%s", async (_, rule, words) => {
    const { status } = await look(rule);
    expect(status.unknown.map(({ what }) => what.join(", ")).join("; ")).toMatch(words);
    expect(status.steps.length).toBe(order.length);
    expect(status.reviewer?.account).toBe("vault-k8s/vault-reviewer");
  });
});
