import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { eso, makeByHand } from "../contract/hand-made.ts";
import type { Scene } from "../contract/scene.ts";
import { sceneBefore } from "../contract/stages.ts";
import { isWrite } from "../contract/writes.ts";
import { newAuthMount } from "../fakes/vault/storage.ts";
import { key } from "./conversation.ts";
import { onFakes, onFakesInTerminal, steady, talkOnFakes } from "./on-fakes.ts";
import { golden } from "./product.ts";

vi.setConfig({ testTimeout: 200_000 });

// A wiring that somebody made by hand, and a person who knows the name of the cluster and has a token.
let scene: Scene;
let byHand: () => Promise<void>;
beforeAll(async () => {
  ({ scene } = await sceneBefore("external-secrets"));
  await rm(join(scene.folder, "vault-k8s.yaml"));
  await makeByHand(scene, eso);
  byHand = await scene.save();
}, 240_000);
beforeEach(async () => {
  await byHand();
  await rm(join(scene.folder, "vault-k8s.yaml"), { force: true });
});
afterAll(() => scene.close());

const cluster = ["--cluster", "eks-prod"];
const writesOf = (mark: number): string[] =>
  scene.line
    .asked(mark)
    .filter(({ method, path }) => isWrite(method, path))
    .map(({ method, path }) => `${method} ${path.split("?")[0]}`);

test("without a terminal it shows what it found, prints the file, and marks nothing", async () => {
  const mark = scene.line.journal.length;
  const { exitCode, stdout, stderr } = await onFakes(scene, ["adopt", ...cluster]);
  expect(exitCode, stderr).toBe(0);
  golden("adopt/found.txt", steady(scene, stderr));
  golden("adopt/vault-k8s.yaml", steady(scene, stdout));
  expect([writesOf(mark), existsSync(join(scene.folder, "vault-k8s.yaml"))]).toEqual([[], false]);
});

test("with --yes it marks too; what it printed is all that plan needs", async () => {
  const mark = scene.line.journal.length;
  const { exitCode, stdout, stderr } = await onFakes(scene, ["adopt", ...cluster, "--yes"]);
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toBe(await readFile(join(import.meta.dirname, "goldens/adopt/vault-k8s.yaml"), "utf8"));
  expect(writesOf(mark).sort()).toEqual([
    "PATCH /apis/external-secrets.io/v1/clustersecretstores/typed",
    "PATCH /apis/external-secrets.io/v1/namespaces/shop/externalsecrets/db",
    "POST /v1/sys/mounts/auth/my-cluster/tune",
    "POST /v1/sys/policies/acl/shop-read",
  ]);
});

test("with --dry-run the file is shown beside what would be marked, and nothing is written", async () => {
  const mark = scene.line.journal.length;
  const { exitCode, stdout, stderr } = await onFakes(scene, ["adopt", ...cluster, "--dry-run"]);
  expect(exitCode, stderr).toBe(0);
  expect(stderr).toContain("vault-k8s.yaml would be:\n# yaml-language-server");
  expect(stdout + stderr).toContain("auth/my-cluster");
  expect([writesOf(mark), existsSync(join(scene.folder, "vault-k8s.yaml"))]).toEqual([[], false]);
});

test("the document of -o json stands alone on standard output; the file is on standard error", async () => {
  const { exitCode, stdout, stderr } = await onFakes(scene, ["adopt", ...cluster, "--yes", "-o", "json"]);
  expect(exitCode, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ kind: "Run", changed: 4 });
  expect(stderr).toContain("mount: my-cluster");
});

test("where two answers fit and nobody is there, it ends with the flag for each", async () => {
  const { auth } = scene.vault.storage;
  const { kubernetes, roles } = auth.get("my-cluster/")!;
  auth.set("second/", { ...newAuthMount("kubernetes", ""), kubernetes, roles });
  scene.prod.objects.remove("clustersecretstores.external-secrets.io", undefined, "typed");
  const { exitCode, stdout, stderr } = await onFakes(scene, ["adopt", ...cluster, "--yes"]);
  expect([exitCode, stdout]).toEqual([64, ""]);
  expect(stderr).toContain("--auth-mount my-cluster");
  expect(stderr).toContain("--auth-mount second");
});

test("at a terminal it writes the file, which plan then needs no flag beside", async () => {
  const run = await onFakesInTerminal(scene, ["adopt", ...cluster], { typeLater: { after: "Put our marks on them", keys: "y\r" } });
  expect(run.exitCode, run.stdout).toBe(0);
  const written = await readFile(join(scene.folder, "vault-k8s.yaml"), "utf8");
  expect(written).toContain("mount: my-cluster");
  const plan = await onFakes(scene, ["plan", "-o", "json"]);
  expect(plan.exitCode, plan.stderr).toBe(0);
  const { steps } = JSON.parse(plan.stdout) as { steps: { resources: { id: string; result: string }[] }[] };
  const differ = steps.flatMap(({ resources }) => resources).filter(({ result }) => result !== "unchanged");
  expect(differ.map(({ id }) => id).sort()).toMatchInlineSnapshot(`
    [
      "kubernetes ClusterRoleBinding vault-k8s-my-cluster-auth-delegator",
      "vault auth/my-cluster/config",
      "vault auth/token of vault-k8s-admin",
      "vault root token",
      "vault sys/policies/acl/shop-read",
      "vault sys/policies/acl/vault-k8s-admin",
    ]
  `);
  expect((await onFakes(scene, ["adopt", "--yes"])).stdout).not.toContain("auth:");
});

test("the wizard offers what is wired already, and its file goes on with that", async () => {
  const { enter } = key;
  const { exitCode, text } = await talkOnFakes(
    scene,
    ["init"],
    [
      ["Which cluster gets its secrets", enter],
      ["What is it called in Vault?", enter],
      ["the one that runs here", enter],
      ["Go on with that?", enter],
      ["External Secrets Operator: it runs in namespace secrets-sync", enter],
      ["In which namespace is the application?", enter],
      ["Which secrets does it get?", enter],
      ["What now?", enter],
    ],
  );
  expect(exitCode, text).toBe(0);
  expect(text.replaceAll(/\s+/g, " ")).toContain("Logs in to a Vault already: auth/my-cluster (ClusterSecretStore typed)");
  expect(text).toMatch(/vault-k8s adopt.*\r?\n.*vault-k8s bootstrap/);
  golden("adopt/wizard.yaml", steady(scene, await readFile(join(scene.folder, "vault-k8s.yaml"), "utf8")));
});

test("at a terminal a person chooses where two answers fit", async () => {
  const { auth } = scene.vault.storage;
  const { kubernetes, roles } = auth.get("my-cluster/")!;
  auth.set("second/", { ...newAuthMount("kubernetes", ""), kubernetes, roles });
  scene.prod.objects.remove("clustersecretstores.external-secrets.io", undefined, "typed");
  const { exitCode, text } = await talkOnFakes(
    scene,
    ["adopt", ...cluster],
    [
      ["Which auth mount is this cluster's?", key.down + key.enter],
      ["Put our marks on them", "n\r"],
    ],
  );
  expect(exitCode, text).toBe(130);
  expect(await readFile(join(scene.folder, "vault-k8s.yaml"), "utf8")).toContain("mount: second");
});
