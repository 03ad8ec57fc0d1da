import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { JsonObject } from "../fakes/wire/json.ts";
import { ended, results, run } from "./run.ts";
import type { Scene } from "./scene.ts";
import { sceneBefore } from "./stages.ts";

let scene: Scene;
let wired: () => Promise<void>;

beforeAll(async () => void ({ scene, again: wired } = await sceneBefore("verify")), 120_000);
beforeEach(() => wired());
afterAll(() => scene.close());

const mount = () => scene.vault.storage.auth.get("k8s-eks-prod/")!;
const converged = async (plan: boolean) => {
  const ran = ended(await run(scene, { spec: await scene.spec(), ids: ["auth", "role"], plan }));
  const changes = ran.events.flatMap((event) => (event.type === "resource" ? (event.changes ?? []) : []));
  return { results: results(ran), fields: changes.map(({ field }) => field) };
};

test.each<[string, JsonObject[string]]>([
  ["bound_service_account_namespace_selector", '{"matchLabels":{"team":"any"}}'],
  ["token_period", 2_592_000],
  ["token_explicit_max_ttl", 60],
  ["token_num_uses", 1],
  ["token_type", "batch"],
  ["alias_name_source", "serviceaccount_name"],
  ["token_bound_cidrs", ["10.0.0.0/8"]],
  ["token_no_default_policy", true],
])("a role whose %s was set by hand differs, and a write resets it", async (field, value) => {
  const [[name, role]] = [...mount().roles] as [[string, JsonObject]];
  mount().roles.set(name, { ...role, [field]: value });
  expect(await converged(true)).toEqual({
    results: expect.objectContaining({ [`vault auth/k8s-eks-prod/role/${name}`]: "would-update" }) as object,
    fields: [field],
  });
  await converged(false);
  expect(mount().roles.get(name)).toEqual(role);
  expect((await converged(true)).fields).toEqual([]);
});

test("a role of a server that does not know all fields is the same", async () => {
  const [[name, role]] = [...mount().roles] as [[string, JsonObject]];
  const { bound_service_account_namespace_selector: _unknown, ...older } = role;
  mount().roles.set(name, { ...older, token_bound_cidrs: null });
  expect((await converged(true)).fields).toEqual([]);
});

test("a configuration that takes names of aliases from annotations differs", async () => {
  mount().kubernetes = { ...mount().kubernetes!, use_annotations_as_alias_metadata: true };
  expect((await converged(true)).fields).toEqual(["use_annotations_as_alias_metadata"]);
  await converged(false);
  expect(mount().kubernetes!["use_annotations_as_alias_metadata"]).toBe(false);
});
