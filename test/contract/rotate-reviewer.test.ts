import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { rotateReviewer } from "../../src/wiring/auth/rotate.ts";
import { asObject, asText, at } from "../fakes/wire/json.ts";
import { ended, endedReadably, results, run, type Ran } from "./run.ts";
import type { Scene } from "./scene.ts";
import { sceneBefore } from "./stages.ts";
import { storeLogsIn } from "./store-login.ts";
import { isWrite } from "./writes.ts";

let scene: Scene;
let wired: () => Promise<void>;

beforeAll(async () => void ({ scene, again: wired } = await sceneBefore("verify")), 120_000);
beforeEach(() => wired());
afterAll(() => scene.close());

const rotate = async (plan = false): Promise<Ran> => run(scene, { spec: await scene.spec(), ids: [], others: [rotateReviewer], plan });
const account = () => asObject(scene.prod.objects.get("serviceaccounts", "vault-k8s", "vault-reviewer")!["metadata"]);
/** Names of the reviewer's token Secrets. */
const names = () => scene.prod.objects.list("secrets", "vault-k8s").map(({ metadata }) => asText(asObject(metadata)["name"]));
const current = () => (asText(asObject(account()["annotations"])["vault-k8s.io/token-secrets"]) || "vault-reviewer-token").split(",")[0]!;
const tokenOf = () =>
  Buffer.from(asText(at(scene.prod.objects.get("secrets", "vault-k8s", current())!, "data", "token")), "base64").toString();
const given = () => scene.vault.storage.auth.get("k8s-eks-prod/")!.kubernetes!["token_reviewer_jwt"];

/** Vault has the one token that there is, and it is none of those before. */
function isRotated(before: string): void {
  expect([given() === tokenOf(), tokenOf() === before, names()]).toEqual([true, false, [current()]]);
  expect(scene.prod.tokens.check(before)).toContain("invalid");
}

test("the token is exchanged, the old one ends, and a plan only reads", async () => {
  const before = tokenOf();
  expect((await rotate(true)).writes).toEqual([]);
  ended(await rotate());
  isRotated(before);
  await storeLogsIn(scene);
  expect(ended(await run(scene, { spec: await scene.spec(), ids: ["reviewer", "auth"] })).writes).toEqual([]);
});

test("cut after any write clients log in, and the same command or bootstrap goes on", async () => {
  const before = tokenOf();
  const { writes } = ended(await rotate());
  for (const index of writes.keys()) {
    await wired();
    scene.line.cutAt(index + 1, "after", ({ method, path }) => isWrite(method, path));
    await rotate();
    scene.line.mend();
    await storeLogsIn(scene);
    const left = await scene.save();
    ended(await rotate());
    isRotated(before);
    await left();
    ended(await run(scene, { spec: await scene.spec(), ids: ["reviewer", "auth"] }));
    expect([given() === tokenOf(), names()]).toEqual([true, [current()]]);
    await storeLogsIn(scene);
  }
}, 300_000);

test("a token that another mount of the cluster may have stays", async () => {
  const { description } = scene.vault.storage.auth.get("k8s-eks-prod/")!;
  scene.vault.storage.auth.set("other/", { ...scene.vault.storage.auth.get("k8s-eks-prod/")!, description });
  const ran = await rotate();
  expect(endedReadably(ran).message).toContain("auth/other");
  expect(ran.writes).toEqual([]);
});

test("where Vault has no token there is nothing to rotate", async () => {
  const spec = await scene.spec({ reviewer: "client" });
  expect(() => rotateReviewer.resources(spec)).toThrow("nothing to rotate");
});

describe("--reviewer token-request", () => {
  const flags = { reviewer: "token-request", reviewerTokenTtl: "1h" } as const;
  const converge = async (plan = false): Promise<Ran> => run(scene, { spec: await scene.spec(flags), ids: ["reviewer", "auth"], plan });
  const exchange = async (): Promise<Ran> => run(scene, { spec: await scene.spec(flags), ids: [], others: [rotateReviewer] });
  const holder = () => scene.prod.objects.list("secrets", "vault-k8s")[0]!;
  const isGiven = () => typeof scene.prod.tokens.check(asText(given())) !== "string";

  test("the token is bounded, is exchanged, and ends with the Secret that it is bound to", async () => {
    ended(await converge());
    const before = asText(given());
    ended(await exchange());
    expect([isGiven(), scene.prod.tokens.check(before), names().length]).toEqual([true, expect.stringContaining("invalidated"), 1]);
    expect(ended(await converge()).writes).toEqual([]);
    const { metadata } = holder();
    const annotations = { ...asObject(asObject(metadata)["annotations"]), "vault-k8s.io/expires": new Date().toISOString() };
    scene.prod.objects.put("secrets", { ...holder(), metadata: { ...asObject(metadata), annotations } });
    expect(results(ended(await converge(true)))["vault auth/k8s-eks-prod/config"]).toBe("would-update");
  });

  test("cut after any write clients log in, and the same command or auth goes on", async () => {
    ended(await converge());
    const begun = await scene.save();
    const { writes } = ended(await exchange());
    for (const index of writes.keys()) {
      await begun();
      scene.line.cutAt(index + 1, "after", ({ method, path }) => isWrite(method, path));
      await exchange();
      scene.line.mend();
      await storeLogsIn(scene);
      ended(await (index % 2 === 0 ? exchange() : converge()));
      expect([isGiven(), names().length]).toEqual([true, 1]);
      expect(ended(await converge()).writes).toEqual([]);
      await storeLogsIn(scene);
    }
  }, 300_000);
});
