import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { planted, Scene } from "../contract/scene.ts";
import { onFakes } from "./on-fakes.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterAll(() => scene.close());

/** The scene's kubeconfig with a user whose credentials come from a provider of client-node, which the bundle loads when it is named. */
async function use(name: string, config: Readonly<Record<string, string>>): Promise<void> {
  const file = join(scene.folder, "kubeconfig");
  const kubeconfig = parse(await readFile(file, "utf8")) as object;
  await writeFile(file, stringify({ ...kubeconfig, users: [{ name: "operator", user: { "auth-provider": { name, config } } }] }));
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const idToken = `${part({ alg: "none" })}.${part({ exp: 4_000_000_000 })}.c2lnbmF0dXJl`;
const tokenOf = JSON.stringify({ at: planted.kubeconfigToken });

it.each([
  ["gcp", { "access-token": planted.kubeconfigToken }],
  ["azure", { "access-token": planted.kubeconfigToken }],
  ["gcp", { "cmd-path": "echo", "cmd-args": `'${tokenOf}'`, "token-key": "{.at}", "expiry-key": "{.until}" }],
])("a token of %s opens the API server: %o", async (name, config) => {
  await use(name, config);
  const run = await onFakes(scene, ["plan", "--cluster", "eks-prod"]);
  expect(run.exitCode, run.stderr).toBe(0);
});

it("an ID token of oidc is sent: one that the API server does not know is refused, where none at all is somebody without rights", async () => {
  await use("oidc", { "id-token": idToken });
  expect((await onFakes(scene, ["plan", "--cluster", "eks-prod"])).stderr).toContain("VK1104");
  await use("oidc", { "client-id": "vault-k8s" });
  expect((await onFakes(scene, ["plan", "--cluster", "eks-prod"])).stderr).toContain("VK1105");
});
