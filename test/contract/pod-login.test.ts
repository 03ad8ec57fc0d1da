import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { kinds } from "../../src/errors.ts";
import { openWorld } from "../../src/run/world/open.ts";
import { Scene } from "./scene.ts";
import { Stages } from "./stages.ts";

let scene: Scene;
let file: string;
beforeAll(async () => {
  scene = await Scene.open();
  await new Stages(scene, await scene.spec()).before("store");
  file = join(scene.folder, "pod-token");
});
afterAll(() => scene.close());

const world = async (vaultLogin: string, env: Record<string, string> = {}) =>
  openWorld(await scene.spec({ vaultAddr: scene.vault.url, kubernetesHost: scene.prod.url, vaultLogin }), {
    ...scene.systems(),
    env: { ...scene.systems().env, ...env },
    podTokenFile: file,
  });

test("a pod logs in as its service account, once, past an exported token; its token is revoked when the run ends", async () => {
  const { kube, close } = await world("none/none");
  await writeFile(file, `${await kube.serviceAccountToken({ namespace: "external-secrets", name: "external-secrets" }, ["vault"], 600)}\n`);
  await close();
  const storage = scene.vault.nodes.find((node) => node.storage !== undefined)!.storage!;
  const opened = await world("k8s-eks-prod/external-secrets", { VAULT_TOKEN: "exported" });
  const before = storage.issued.length;
  expect((await opened.vault.get("auth/token/lookup-self"))?.data["policies"]).toContain("k8s-eks-prod-read");
  expect((await opened.vault.get("auth/token/lookup-self"))?.data["display_name"]).toBeTruthy();
  expect(storage.issued.length).toBe(before + 1);
  const made = storage.issued.at(-1) ?? "";
  await opened.close();
  expect(scene.line.journal.some(({ path }) => path.startsWith("/v1/auth/token/revoke"))).toBe(true);
  const root = await scene.world(await scene.spec());
  expect((await root.vault.getAs(made, "auth/token/lookup-self")).kind).toBe("denied");
  await root.close();
});

test("a login that Vault refuses, and a pod without a token, are said", async () => {
  const refused = await world("k8s-eks-prod/nobody");
  await expect(refused.vault.get("sys/auth")).rejects.toThrow(/refused the login of role nobody at auth\/k8s-eks-prod/);
  await refused.close();
  file = join(scene.folder, "none");
  const none = await world("k8s-eks-prod/external-secrets");
  await expect(none.vault.get("sys/auth")).rejects.toMatchObject({ kind: kinds.vaultNoToken });
  await none.close();
});
