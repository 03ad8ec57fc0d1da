import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Flags } from "../../src/config/sources.ts";
import { parsePolicy } from "../fakes/vault/acl.ts";
import { ended, endedReadably, results, run } from "./run.ts";
import { declaredMark } from "../../src/vault/audit/declared.ts";
import { Scene } from "./scene.ts";
import { order, Stages } from "./stages.ts";

let scene: Scene;
let unsealed: () => Promise<void>;

beforeAll(async () => {
  scene = await Scene.open();
  const stages = new Stages(scene, await scene.spec());
  await stages.before("audit");
  unsealed = () => stages.before("audit");
}, 120_000);
beforeEach(() => unsealed());
afterAll(() => scene.close());

const audit = async (flags: Flags) => run(scene, { spec: await scene.spec(flags), ids: ["audit"] });
const devices = () => Object.fromEntries([...scene.vault.storage.audit].map(([path, { options }]) => [path, options["file_path"]]));

test("is enabled, of all that Vault is given first", async () => {
  const ran = ended(await run(scene, { spec: await scene.spec({ audit: "stdout" }), ids: order.slice(order.indexOf("audit")) }));
  const first = ran.writes.find(({ path }) => path.startsWith("/v1/"));
  expect(first?.path).toBe("/v1/sys/audit/vault-k8s-stdout");
  expect(devices()).toEqual({ "vault-k8s-stdout/": "stdout" });
});

test("to a file of one's own, beside another device", async () => {
  ended(await audit({ audit: "stdout" }));
  ended(await audit({ audit: "file", auditFile: "/tmp/audit.log" }));
  expect(devices()).toEqual({ "vault-k8s-stdout/": "stdout", "vault-k8s-file/": "/tmp/audit.log" });
});

test("a device that writes there already is used as it is", async () => {
  scene.vault.storage.audit.set("file/", { type: "file", description: "by hand", options: { file_path: "stdout" } });
  const ran = ended(await audit({ audit: "stdout" }));
  expect([ran.writes, Object.values(results(ran))]).toEqual([[], ["unchanged"]]);
});

test("one that is declared in the server's configuration is ours", async () => {
  scene.vault.storage.audit.set("vault-k8s-stdout/", { type: "file", description: declaredMark, options: { file_path: "stdout" } });
  expect(ended(await audit({ audit: "stdout" })).writes).toEqual([]);
});

test.each([
  ["that is not ours", { description: "by hand", options: { file_path: "/tmp/a" } }, /not marked as ours/],
  [
    "of ours with another file",
    { description: "managed by vault-k8s, cluster 11111111-2222-3333-4444-555555555555", options: { file_path: "/tmp/other" } },
    /writes to \/tmp\/other/,
  ],
] as const)("a device at our path %s is a conflict", async (_, device, words) => {
  scene.vault.storage.audit.set("vault-k8s-file/", { type: "file", ...device });
  const error = endedReadably(await audit({ audit: "file", auditFile: "/tmp/mine" }));
  expect([error.kind.code, error.message]).toEqual(["VK1401", expect.stringMatching(words) as string]);
});

test("a file that Vault cannot write stops the run before any secret is written", async () => {
  const spec = await scene.spec({ audit: "file", auditFile: "/nowhere/audit.log" });
  const ran = await run(scene, { spec, ids: order.slice(order.indexOf("audit")) });
  const error = endedReadably(ran);
  expect([error.kind.code, error.why, error.fix]).toEqual([
    "VK1218",
    expect.stringContaining("unable to open") as string,
    expect.stringContaining("--audit stdout") as string,
  ]);
  expect(ran.writes.map(({ path }) => path)).toEqual(["/v1/sys/audit/vault-k8s-file"]);
});

test("without the permission the rule that is missing is named", async () => {
  scene.vault.storage.policies.set("weak", { text: "", rules: parsePolicy('path "sys/mounts" { capabilities = ["read"] }') });
  const { id } = scene.vault.storage.issue({ displayName: "weak", policies: ["default", "weak"], path: "auth/token/create" });
  await writeFile(join(scene.folder, "weak"), id, { mode: 0o600 });
  const error = endedReadably(await audit({ audit: "stdout", vaultTokenFile: join(scene.folder, "weak") }));
  expect([error.kind.code, error.fix]).toEqual(["VK1203", expect.stringContaining('path "sys/audit"') as string]);
});
