import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Flags } from "../../src/config/sources.ts";
import { asList, asObject, asText } from "../fakes/wire/json.ts";
import { ended, endedReadably, results, run } from "./run.ts";
import type { Scene } from "./scene.ts";
import { order, sceneBefore } from "./stages.ts";
import { storeLogsIn } from "./store-login.ts";
import { tearDown } from "./tear-down.ts";
import { isWrite } from "./writes.ts";

let scene: Scene;
let wired: () => Promise<void>;

beforeAll(async () => void ({ scene, again: wired } = await sceneBefore("verify")), 120_000);
beforeEach(() => wired());
afterAll(() => scene.close());

type Kind = "token" | "client" | "local" | "token-request";
/** From where the way in which tokens are reviewed shows, to the proof. */
const ids = order.slice(order.indexOf("reviewer"));

const converge = async (reviewer: Kind, plan = false, more: Flags = {}) =>
  run(scene, { spec: await scene.spec({ reviewer, ...more }), ids, plan });

const config = () => scene.vault.storage.auth.get("k8s-eks-prod/")!.kubernetes!;
const bound = () =>
  asList(
    scene.prod.objects.get("clusterrolebindings.rbac.authorization.k8s.io", undefined, "vault-k8s-k8s-eks-prod-auth-delegator")?.[
      "subjects"
    ],
  ).map((one) => asText(asObject(one)["name"]));

const changes: readonly (readonly [Kind, Kind])[] = [
  ["token", "client"],
  ["token", "local"],
  ["client", "token"],
  ["local", "client"],
  ["token", "token-request"],
  ["token-request", "client"],
];

const left = {
  token: { jwt: true, local: false, bound: ["vault-reviewer"], account: true },
  client: { jwt: false, local: false, bound: ["external-secrets"], account: false },
  local: { jwt: false, local: true, bound: ["vault"], account: false },
  "token-request": { jwt: true, local: false, bound: ["vault-reviewer"], account: true },
} as const;

describe.each(changes)("from --reviewer %s to %s", (from, to) => {
  test("is an update that the plan shows, proven by logins, and leaves nothing of the way before", async () => {
    ended(await converge(from));
    const planned = results(ended(await converge(to, true)));
    expect(planned["vault auth/k8s-eks-prod/config"]).toMatch(/would-update|pending/);
    ended(await converge(to));
    expect({
      jwt: config()["token_reviewer_jwt"] !== "",
      local: config()["disable_local_ca_jwt"] === false,
      bound: bound(),
      account: scene.prod.objects.get("serviceaccounts", "vault-k8s", "vault-reviewer") !== undefined,
    }).toEqual(left[to]);
    await storeLogsIn(scene);
    const again = ended(await converge(to));
    expect([again.writes, Object.values(results(again)).filter((result) => result !== "unchanged")]).toEqual([[], []]);
  });
});

test.each(changes.filter(([from, to]) => to !== "local" && from !== "local" && to !== "token-request"))(
  "from %s to %s, cut after any write, logins work all the while",
  async (from, to) => {
    ended(await converge(from));
    const before = await scene.save();
    const { writes } = ended(await converge(to));
    for (const index of writes.keys()) {
      await before();
      scene.line.cutAt(index + 1, "after", ({ method, path }) => isWrite(method, path));
      await converge(to);
      scene.line.mend();
      await storeLogsIn(scene);
    }
    ended(await converge(to));
    expect(bound()).toEqual(left[to].bound);
  },
  300_000,
);

test.each(["client", "local"] as const)("a cluster is wired with --reviewer %s from the start", async (kind) => {
  const { scene: fresh } = await sceneBefore("reviewer");
  const spec = await fresh.spec({ reviewer: kind });
  ended(await run(fresh, { spec, ids }));
  expect(fresh.prod.objects.get("namespaces", undefined, "vault-k8s")).toBeUndefined();
  await fresh.close();
});

test("local is refused, with the reason, where Vault runs elsewhere", async () => {
  const spec = await scene.spec({
    reviewer: "local",
    cluster: "eks-staging",
    vaultContext: "eks-prod",
    consumerVaultAddr: "http://vault:8200",
  });
  const ran = await run(scene, { spec, ids: ["reviewer", "auth"] });
  expect([endedReadably(ran).kind.code, endedReadably(ran).why]).toEqual(["VK1004", expect.stringContaining("another cluster")]);
  expect(ran.writes).toEqual([]);
});

test("without a token of Vault's, roles of others are asked about first", async () => {
  scene.vault.storage.auth.get("k8s-eks-prod/")!.roles.set("theirs", {});
  const refused = await converge("client");
  expect(endedReadably(refused).message).toContain("theirs");
  expect(refused.writes).toEqual([]);
  const spec = await scene.spec({ reviewer: "client" });
  ended(await run(scene, { spec, ids, consent: () => Promise.resolve(true) }));
});

test.each(["client", "token-request"] as const)("teardown takes away what --reviewer %s made", async (reviewer) => {
  ended(await converge(reviewer));
  const torn = await tearDown(scene, {}, { flags: { reviewer } });
  expect(torn.error).toBeUndefined();
  expect([bound(), scene.prod.objects.list("secrets", "vault-k8s"), scene.vault.storage.auth.has("k8s-eks-prod/")]).toEqual([
    [],
    [],
    false,
  ]);
  expect(scene.prod.objects.get("namespaces", undefined, "vault-k8s")).toBeUndefined();
});
