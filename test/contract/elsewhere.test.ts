import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Flags } from "../../src/config/sources.ts";
import { parsePolicy } from "../fakes/vault/acl.ts";
import { newAuthMount } from "../fakes/vault/storage.ts";
import { run } from "./run.ts";
import type { Scene } from "./scene.ts";
import { sceneBefore } from "./stages.ts";

let scene: Scene;
let wired: () => Promise<void>;
let begin: number;

beforeAll(async () => void ({ scene, again: wired } = await sceneBefore("verify")), 120_000);
beforeEach(async () => {
  await wired();
  begin = scene.line.journal.length;
});
afterAll(() => scene.close());

const policyIs = (...paths: readonly string[]): void => {
  const text = paths.map((path) => `path "${path}" { capabilities = ["read"] }`).join("\n");
  scene.vault.storage.policies.set("k8s-eks-prod-read", { text, rules: parsePolicy(text) });
};

/** Other clusters that are wired to the same Vault. */
const others = (...names: readonly string[]): void =>
  names.forEach((name, index) => {
    const uid = `11111111-2222-3333-4444-${String(index).padStart(12, "0")}`;
    scene.vault.storage.auth.set(`k8s-${name}/`, newAuthMount("kubernetes", `managed by vault-k8s, cluster ${uid}`));
  });

async function proof(flags: Flags = {}) {
  const { events, error } = await run(scene, { spec: await scene.spec({ ...flags, secrets: [] }), ids: ["verify"] });
  expect(error).toBeUndefined();
  const found = events.flatMap((event) => (event.type === "check" && event.id === "policy" ? [event] : []))[0]!;
  return { title: found.title, ...found.finding };
}

const asked = () => scene.line.asked(begin).filter(({ path }) => path.includes("/sys/capabilities-self"));

describe("a login that may read", () => {
  test.each([
    ["the prefixes of all clusters", ["kv/data/k8s/*"], /It may read kv\/data\/k8s\/eks-prod-vault-k8s-probe\/.* outside of its prefix/],
    ["what begins with the name of its cluster", ["kv/data/k8s/eks-prod*"], /kv\/data\/k8s\/eks-prod-vault-k8s-probe\//],
    ["what lies beside its prefix", ["kv/data/k8s/eks-prod/*", "kv/data/k8s/vault*"], /kv\/data\/k8s\/vault-k8s-probe\//],
    ["the whole engine", ["kv/data/*"], /kv\/data\/vault-k8s-probe-outside\//],
    ["one other cluster's", ["kv/data/k8s/eks-prod/*", "kv/data/k8s/eks-staging/*"], /kv\/data\/k8s\/eks-staging\/.* cluster eks-staging/],
  ])("%s is told", async (_what, paths, words) => {
    others("eks-staging");
    policyIs(...paths);
    expect(await proof()).toMatchObject({ kind: "fail", reason: expect.stringMatching(words) as string });
  });
});

test("prefixes of at most five other clusters are asked for, in one request with the login's token", async () => {
  others("a", "b", "c", "d", "e", "f", "g");
  policyIs("kv/data/k8s/eks-prod/*", "kv/data/k8s/f/*");
  expect((await proof()).kind).toBe("pass");
  expect(asked()).toHaveLength(1);
  policyIs("kv/data/k8s/eks-prod/*", "kv/data/k8s/e/*");
  expect(await proof()).toMatchObject({ kind: "fail", reason: expect.stringMatching(/which is of cluster e$/) as string });
});

test("a login that may not ask for its own capabilities tries to read them instead", async () => {
  others("eks-staging");
  scene.vault.storage.policies.set("default", {
    text: "",
    rules: parsePolicy('path "auth/token/revoke-self" { capabilities = ["update"] }'),
  });
  policyIs("kv/data/k8s/eks-prod/*", "kv/data/k8s/eks-staging/*");
  expect(await proof()).toMatchObject({ kind: "fail", reason: expect.stringMatching(/cluster eks-staging/) as string });
});

test("where the whole engine is the cluster's, that is what is proven, and who else keeps secrets there is told", async () => {
  others("eks-staging");
  policyIs("kv/data/*");
  const { title, ...found } = await proof({ kvPrefix: "" });
  expect(title).toBe("it reads all of kv/, and is refused outside of it");
  expect(found).toEqual({ kind: "pass", detail: "its prefix holds those of eks-staging" });
  policyIs("*");
  expect(await proof({ kvPrefix: "" })).toMatchObject({ kind: "fail" });
});
