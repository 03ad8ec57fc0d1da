import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { everyProfile } from "../fakes/vault/profile.ts";
import { ended, endedReadably, results, run } from "./run.ts";
import { Scene } from "./scene.ts";
import { order } from "./stages.ts";

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

  test("an audit device is enabled, or the run says that the server's configuration has to declare it", async () => {
    const ran = await run(scene, { spec: await scene.spec({ audit: "stdout" }), ids: ["audit"] });
    if (profile.auditByApi) return expect(results(ended(ran))).toEqual({ "vault sys/audit/vault-k8s-stdout": "created" });
    const error = endedReadably(ran);
    expect([error.kind.code, error.fix]).toEqual(["VK1218", expect.stringContaining("server's configuration") as string]);
  });
});
