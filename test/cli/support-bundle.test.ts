import { spawnSync } from "node:child_process";
import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Search } from "../contract/canaries.ts";
import { planted, Scene } from "../contract/scene.ts";
import { isWrite } from "../contract/writes.ts";
import { onFakes } from "./on-fakes.ts";

// A wired cluster with a secret in every place that a bundle is made of.
const canaries = {
  inSecret: "canary-in-a-secret-8c1f77e0",
  inEnv: "canary-in-an-environment-19be4d",
  inAnnotation: "canary-in-an-annotation-77aa10",
  inLog: "canary-in-a-log-3f0c9182de",
  inEvent: "canary-in-an-event-60b1d2c4",
  inSet: "canary-in-a-value-of-helm-5c2b",
} as const;
const search = new Search();
let scene: Scene;

beforeAll(async () => {
  scene = await Scene.open();
  scene.helm.timeoutMs = 30_000;
  const wired = await onFakes(scene, ["bootstrap", "--cluster", "eks-prod", "--secret", "db"]);
  expect(wired.exitCode, wired.stderr).toBe(0);
  scene.put("k8s/eks-prod/db", { password: planted.password });
  await onFakes(scene, ["verify", "--cluster", "eks-prod", "--secret", "db"]);
  const { objects } = scene.prod;
  objects.put("secrets", {
    metadata: { name: "app", namespace: "default", annotations: { "example.com/token": canaries.inAnnotation } },
    type: "Opaque",
    data: { key: Buffer.from(canaries.inSecret).toString("base64") },
  });
  objects.put("pods", {
    metadata: {
      name: "app",
      namespace: "default",
      annotations: {
        "example.com/api-token": canaries.inAnnotation,
        "fake/log": [
          `connecting with ${canaries.inSecret}`,
          `as base64 ${Buffer.from(canaries.inSecret).toString("base64")}`,
          `DB_PASSWORD=${canaries.inLog}`,
          `{"token":"${canaries.inLog}"}`,
          `env says ${canaries.inEnv}, vault says ${planted.password}`,
          `${canaries.inAnnotation} and root ${scene.vault.storage.shares[0] ?? ""}`,
          "an honest line",
        ].join("\n"),
      },
    },
    spec: { nodeName: "node-0", containers: [{ name: "app", image: "app:1", env: [{ name: "API_KEY", value: canaries.inEnv }] }] },
    status: { phase: "Running" },
  });
  objects.put("events", {
    metadata: { name: "app.1", namespace: "default" },
    type: "Warning",
    reason: "Failed",
    message: `cannot log in: password=${canaries.inEvent}`,
    involvedObject: { kind: "Pod", name: "app" },
    lastTimestamp: "2026-11-24T10:00:00Z",
  });
  search.lookFor([...Object.values(canaries), ...scene.secrets()]);
}, 120_000);
afterAll(async () => {
  await scene.close();
  console.log(search.summary());
});

const args = [
  "support-bundle",
  "--cluster",
  "eks-prod",
  "--secret",
  "db",
  "--set",
  `server.extraEnvironmentVars.DB_PASSWORD=${canaries.inSet}`,
];

describe("a support bundle", () => {
  it("holds what helps, lists it, and holds no secret", async () => {
    const mark = scene.line.journal.length;
    const run = await onFakes(scene, [...args, "--out", "bundle"]);
    expect(run.exitCode, run.stderr).toBe(0);
    expect(scene.line.asked(mark).filter(({ method, path }) => isWrite(method, path))).toEqual([]);
    const files = (await readdir(join(scene.folder, "bundle"), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    for (const entry of files) search.through(entry.name, await readFile(join(entry.parentPath, entry.name)));
    search.through("standard output", run.stdout);
    search.through("standard error", run.stderr);
    expect(search.leaks).toEqual([]);
    for (const name of [
      "versions.json",
      "config.json",
      "status.json",
      "plan.json",
      "events/default.json",
      "pods/default.json",
      "logs/default/app/app.log",
    ])
      expect(run.stdout).toContain(`  ${name}\n`);
    expect(await readFile(join(scene.folder, "bundle/logs/default/app/app.log"), "utf8")).toContain("an honest line");
    expect(await readFile(join(scene.folder, "bundle/events/default.json"), "utf8")).toContain("cannot log in");
    expect(JSON.parse(await readFile(join(scene.folder, "bundle/status.json"), "utf8"))).toMatchObject({ kind: "Status" });
    expect(JSON.parse(await readFile(join(scene.folder, "bundle/plan.json"), "utf8"))).toMatchObject({ kind: "Plan" });
    expect((await stat(join(scene.folder, "bundle"))).mode & 0o777).toBe(0o700);
  });

  it("is an archive that tar reads, for its owner alone, and never one that was there", async () => {
    const run = await onFakes(scene, [...args, "--out", "bundle.tar.gz", "-o", "json"]);
    expect(run.exitCode, run.stderr).toBe(0);
    const { files } = JSON.parse(run.stdout) as { files: { name: string }[] };
    const listed = spawnSync("tar", ["tzf", join(scene.folder, "bundle.tar.gz")], { encoding: "utf8" });
    expect(listed.stdout.trim().split("\n").sort()).toEqual(files.map(({ name }) => `bundle/${name}`).sort());
    const all = spawnSync("tar", ["xzOf", join(scene.folder, "bundle.tar.gz")]);
    search.through("the archive", all.stdout);
    expect(search.leaks).toEqual([]);
    expect((await stat(join(scene.folder, "bundle.tar.gz"))).mode & 0o777).toBe(0o600);
    const again = await onFakes(scene, [...args, "--out", "bundle.tar.gz"]);
    expect([again.exitCode, again.stderr]).toEqual([65, expect.stringContaining("There is something already") as string]);
  });
});
