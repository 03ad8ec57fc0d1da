import { afterAll, beforeAll, describe, test } from "vitest";
import { groups } from "./probes/index.ts";
import { ended, run } from "./run.ts";
import { probe, type Have, type Target } from "./same-as-real.ts";
import { planted, Scene } from "./scene.ts";
import { bearer, send, vaultToken } from "./send.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await Scene.open();
  ended(await run(scene, { spec: await scene.spec(), ids: ["install", "operator-init", "operator-unseal"] }));
});
afterAll(() => scene.close());

const target: Target = {
  vault: (asked) => send(`${scene.vault.url}/v1/${asked.path}`, asked, vaultToken(asked.token ?? scene.vault.storage.issued[0] ?? "")),
  kube: (asked) =>
    send(`${scene.prod.url}${asked.path}`, asked, bearer(asked.token ?? planted.kubeconfigToken), { ca: scene.prod.authority.ca }),
};

describe.each(Object.entries(groups))("the small servers are like the real ones: %s", (_title, probes) => {
  const have: Have = {};
  test.each(probes)("$name", async (one) => probe(target, one, have));
});
