import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { everyProfile } from "../fakes/vault/profile.ts";
import { ended, endedReadably, results, run } from "./run.ts";
import { echoAsVault } from "../fakes/wire/faults.ts";
import { Scene } from "./scene.ts";
import { order } from "./stages.ts";
import { typed } from "./typed.ts";

describe.each(everyProfile)("on $name", (profile) => {
  let scene: Scene;

  beforeAll(async () => void (scene = await Scene.open(profile)), 60_000);
  afterAll(() => scene.close());

  test("a cluster goes from nothing to secrets, every Vault pod unsealed; a second run writes nothing", async () => {
    const spec = await scene.spec({ secrets: [] });
    ended(await run(scene, { spec, ids: order }));
    expect(scene.vault.nodes.map(({ sealed }) => sealed)).toEqual([false, false, false]);
    const again = ended(await run(scene, { spec, ids: order }));
    expect(again.writes).toEqual([]);
    expect(Object.values(results(again)).filter((result) => result !== "unchanged")).toEqual([]);
  });

  test("root is retired: what took over is a token as this server makes them, and no root token is valid", async () => {
    const kept = JSON.parse(await readFile(join(scene.folder, "home/.local/share/vault-k8s/eks-prod/init.json.token"), "utf8")) as {
      token: string;
    };
    const { tokens } = scene.vault.storage;
    expect([kept.token.startsWith(profile.tokenPrefix), tokens.get(kept.token)?.policies]).toEqual([true, ["default", "vault-k8s-admin"]]);
    expect([...tokens.values()].filter(({ policies }) => policies.includes("root"))).toEqual([]);
  });

  test("status knows who leads and who stands by", async () => {
    const env = { PATH: process.env["PATH"], HOME: join(scene.folder, "home"), VAULT_K8S_HELM: scene.helm.program };
    const line = ["status", "--cluster", "eks-prod", "-o", "json", "--kubeconfig", join(scene.folder, "kubeconfig")];
    const { exit, stdout, stderr } = await typed(line, { env, cwd: scene.folder });
    expect(exit, stderr).toBe(0);
    const [cluster] = (JSON.parse(stdout) as { clusters: { nodes: { state: string }[] }[] }).clusters;
    expect(cluster?.nodes.map(({ state }) => state).sort()).toEqual(["active", "standby", "standby"]);
  });

  test("a server that repeats what it was sent shows nobody the token", async () => {
    scene.vault.storage.policies.delete("k8s-eks-prod-read");
    scene.line.break(({ method, path }) => (method !== "GET" && path.startsWith("/v1/sys/policies/acl/") ? echoAsVault : undefined));
    const error = endedReadably(await run(scene, { spec: await scene.spec({}), ids: ["policy"] }));
    scene.line.mend();
    expect(`${error.message} ${error.why}`).toContain("[hidden]");
  });

  test("an audit device is enabled, or the run says that the server's configuration has to declare it", async () => {
    const ran = await run(scene, { spec: await scene.spec({ audit: "stdout" }), ids: ["audit"] });
    if (profile.auditByApi) return expect(results(ended(ran))).toEqual({ "vault sys/audit/vault-k8s-stdout": "created" });
    const error = endedReadably(ran);
    expect([error.kind.code, error.fix]).toEqual(["VK1218", expect.stringContaining("from its configuration alone") as string]);
  });
});
