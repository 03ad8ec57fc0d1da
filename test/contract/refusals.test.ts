import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Flags } from "../../src/config/sources.ts";
import type { StepId } from "../../src/config/step-id.ts";
import type { Denial } from "../fakes/kube/access.ts";
import { parsePolicy } from "../fakes/vault/acl.ts";
import { picture } from "./picture.ts";
import { endedReadably, run } from "./run.ts";
import { Scene } from "./scene.ts";
import { order, Stages } from "./stages.ts";

let scene: Scene;
let stages: Stages;

beforeAll(async () => {
  scene = await Scene.open();
  stages = new Stages(scene, await scene.spec());
});
afterEach(() => scene.prod.access.denyNothing());
afterAll(() => scene.close());

/** Runs a step that is refused: the code, the words, and nothing changed. */
async function refused(id: StepId, flags: Flags, code: string, words: RegExp): Promise<void> {
  const before = await picture(scene);
  const error = endedReadably(await run(scene, { spec: await scene.spec(flags), ids: [id] }));
  expect(error.kind.code).toBe(code);
  expect([error.message, error.why, error.fix].join("\n")).toMatch(words);
  expect(await picture(scene)).toEqual(before);
}

describe("no rights in Kubernetes", () => {
  const denied: readonly (readonly [StepId, Denial, RegExp])[] = [
    ["tls", { verbs: ["patch"], resources: ["namespaces"] }, /patch namespaces/],
    ["operator-init", { resources: ["pods"], verbs: ["list"] }, /list pods in namespace vault/],
    ["reviewer", { verbs: ["create"], resources: ["namespaces"] }, /cannot create resource "namespaces"/],
    ["reviewer", { verbs: ["get"], resources: ["clusterrolebindings"] }, /get clusterrolebindings/],
    ["store", { verbs: ["patch"], resources: ["clustersecretstores"] }, /patch clustersecretstores\.external-secrets\.io/],
    ["secret", { verbs: ["patch"], resources: ["externalsecrets"] }, /patch externalsecrets\.external-secrets\.io in namespace default/],
    ["verify", { verbs: ["create"], resources: ["serviceaccounts/token"] }, /create serviceaccounts\/token in namespace external-secrets/],
  ];

  test.each(denied)("%s without %j names verb and resource", async (id, denial, words) => {
    await stages.before(id);
    scene.prod.access.deny({ username: "operator", ...denial });
    await refused(id, {}, "VK1105", words);
  });

  test("a role that one does not hold cannot be given", async () => {
    await stages.before("reviewer");
    scene.prod.access.deny({ username: "operator", verbs: ["bind"], resources: ["clusterroles"] });
    const error = endedReadably(await run(scene, { spec: stages.spec, ids: ["reviewer"] }));
    expect([error.kind.code, error.kind.exit]).toEqual(["VK1105", 77]);
    expect(error.why).toMatch(/RBAC permissions not currently held/);
  });
});

describe("no rights in Vault", () => {
  let file = "";

  beforeEach(() => {
    file = join(scene.folder, "token");
  });

  const missing: readonly (readonly [StepId, string, RegExp])[] = [
    ["kv", 'path "sys/mounts" { capabilities = ["read"] }', /sys\/mounts\/kv/],
    ["policy", 'path "sys/policies/acl/k8s-eks-prod-read" { capabilities = ["read"] }', /sys\/policies\/acl\/k8s-eks-prod-read/],
    [
      "auth",
      'path "sys/auth" { capabilities = ["read"] }\npath "sys/auth/*" { capabilities = ["create", "update"] }',
      /sys\/auth\/k8s-eks-prod[\s\S]*sudo/,
    ],
    [
      "role",
      'path "sys/auth" { capabilities = ["read"] }\npath "auth/*" { capabilities = ["read"] }',
      /auth\/k8s-eks-prod\/role\/external-secrets/,
    ],
  ];

  test.each(missing)("%s with a policy that lacks something names capability and path", async (id, policy, words) => {
    await stages.before(id);
    const { storage } = scene.vault;
    storage.policies.set("little", { text: policy, rules: parsePolicy(policy) });
    await writeFile(file, storage.issue({ displayName: "little", policies: ["default", "little"], path: "auth/token/create" }).id);
    await refused(id, { vaultTokenFile: file }, "VK1203", words);
  });

  test.each(order.slice(order.indexOf("kv"), order.indexOf("store")))("%s with a token that is none", async (id) => {
    await stages.before(id);
    await writeFile(file, "hvs.canary-of-a-token-that-nobody-knows");
    await refused(id, { vaultTokenFile: file }, "VK1204", /VAULT_TOKEN|vault login/);
  });

  test("while Vault is sealed", async () => {
    await stages.before("kv");
    for (const node of scene.vault.nodes) node.restart();
    await refused("kv", {}, "VK1202", /vault-k8s operator unseal/);
  });
});
