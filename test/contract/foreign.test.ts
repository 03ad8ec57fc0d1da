import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { make } from "../fakes/kube/controllers.ts";
import { parsePolicy } from "../fakes/vault/acl.ts";
import { newAuthMount, newSecretMount } from "../fakes/vault/storage.ts";
import { asObject, asText, at, type JsonObject } from "../fakes/wire/json.ts";
import { picture } from "./picture.ts";
import { ended, endedReadably, run } from "./run.ts";
import { Scene } from "./scene.ts";
import { order, Stages } from "./stages.ts";

let scene: Scene;
let stages: Stages;

beforeAll(async () => {
  scene = await Scene.open();
  stages = new Stages(scene, await scene.spec());
});
beforeEach(() => stages.before("reviewer"));
afterAll(() => scene.close());

const wiring = order.slice(order.indexOf("reviewer"));
const wire = () => run(scene, { spec: stages.spec, ids: wiring });

const binding = "clusterrolebindings.rbac.authorization.k8s.io";
const ours = { "app.kubernetes.io/managed-by": "vault-k8s" };

/** An object of somebody else in the first cluster. */
const foreign = (resource: string, name: string, namespace: string | undefined, rest: JsonObject = {}, labels: JsonObject = {}): void =>
  make(scene.prod.objects, resource, { metadata: { name, labels, ...(namespace !== undefined && { namespace }) }, ...rest });

const role = (name: string): JsonObject => ({
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
  subjects: [],
});
const inReviewers = (): void => foreign("namespaces", "vault-k8s", undefined, { status: { phase: "Active" } });

/** Things that are there already and are not ours, and the words that name them. */
const found: readonly (readonly [string, () => void, RegExp])[] = [
  [
    "an auth mount without the mark",
    () => void scene.vault.storage.auth.set("k8s-eks-prod/", newAuthMount("kubernetes", "made by hand")),
    /auth\/k8s-eks-prod/,
  ],
  [
    "an auth mount of another type",
    () => void scene.vault.storage.auth.set("k8s-eks-prod/", newAuthMount("jwt", "")),
    /auth\/k8s-eks-prod is a jwt method/,
  ],
  [
    "an auth mount below ours",
    () => void scene.vault.storage.auth.set("k8s-eks-prod/blue/", newAuthMount("kubernetes", "")),
    /auth\/k8s-eks-prod\/blue/,
  ],
  [
    "an auth mount of another cluster",
    () =>
      void scene.vault.storage.auth.set(
        "k8s-eks-prod/",
        newAuthMount("kubernetes", "managed by vault-k8s, cluster 11111111-2222-3333-4444-555555555555"),
      ),
    /another cluster/,
  ],
  [
    "this cluster under another name",
    () =>
      void scene.vault.storage.auth.set(
        "k8s-eks-production/",
        newAuthMount(
          "kubernetes",
          `managed by vault-k8s, cluster ${asText(at(scene.prod.objects.get("namespaces", undefined, "kube-system"), "metadata", "uid"))}`,
        ),
      ),
    /this cluster is known to Vault at auth\/k8s-eks-production/i,
  ],
  [
    "a policy without the mark",
    () =>
      void scene.vault.storage.policies.set("k8s-eks-prod-read", { text: 'path "x" { capabilities = ["read"] }', rules: parsePolicy("") }),
    /k8s-eks-prod-read/,
  ],
  ["a KV version 1 engine", () => void scene.vault.storage.mounts.set("kv/", newSecretMount("kv", "", null)), /kv\/ is KV version 1/],
  [
    "an engine of another type",
    () => void scene.vault.storage.mounts.set("kv/", newSecretMount("transit", "", null)),
    /kv\/ is a transit engine/,
  ],
  [
    "a binding without our label",
    () => foreign(binding, "vault-k8s-k8s-eks-prod-auth-delegator", undefined, role("system:auth-delegator")),
    /ClusterRoleBinding/,
  ],
  [
    "a binding of ours with another role",
    () => foreign(binding, "vault-k8s-k8s-eks-prod-auth-delegator", undefined, role("view"), ours),
    /another role/,
  ],
  [
    "a service account without our label",
    () => (inReviewers(), foreign("serviceaccounts", "vault-reviewer", "vault-k8s")),
    /ServiceAccount vault-k8s\/vault-reviewer/,
  ],
  [
    "a token Secret without our label",
    () => (inReviewers(), foreign("secrets", "vault-reviewer-token", "vault-k8s", { type: "Opaque" })),
    /Secret vault-k8s\/vault-reviewer-token/,
  ],
  [
    "a token Secret of another type",
    () => (inReviewers(), foreign("secrets", "vault-reviewer-token", "vault-k8s", { type: "Opaque" }, ours)),
    /Secret vault-k8s\/vault-reviewer-token/,
  ],
  [
    "a store without our label",
    () =>
      foreign("clustersecretstores.external-secrets.io", "vault", undefined, {
        apiVersion: "external-secrets.io/v1",
        kind: "ClusterSecretStore",
        spec: {},
      }),
    /ClusterSecretStore vault/,
  ],
  [
    "an ExternalSecret without our label",
    () =>
      foreign("externalsecrets.external-secrets.io", "db", "default", {
        apiVersion: "external-secrets.io/v1",
        kind: "ExternalSecret",
        spec: {},
      }),
    /ExternalSecret default\/db/,
  ],
];

test.each(found)("%s is refused before anything is written", async (title, plant, names) => {
  plant();
  const before = await picture(scene);
  const ran = await wire();
  const error = endedReadably(ran);
  expect(error.kind.code).toBe("VK1401");
  expect(error.message).toMatch(names);
  const said = error.message.split("\n");
  expect(new Set(said).size, error.message).toBe(said.length);
  // What bears no mark can be taken over; nothing else can.
  const adopts = error.fix?.startsWith("Take over what is there, after a look at what that means: vault-k8s adopt");
  expect(adopts, error.fix).toBe(title.includes("without"));
  expect(ran.writes).toEqual([]);
  expect(await picture(scene)).toEqual(before);
});

test("a field that somebody else manages is not taken over", async () => {
  ended(await wire());
  const store = scene.prod.objects.get("clustersecretstores.external-secrets.io", undefined, "vault")!;
  const spec = asObject(store["spec"]);
  const vault = asObject(asObject(spec["provider"])["vault"]);
  const managedFields = [
    {
      manager: "argocd",
      operation: "Apply",
      apiVersion: "external-secrets.io/v1",
      fieldsV1: { "f:spec": { "f:provider": { "f:vault": { "f:path": {} } } } },
    },
  ];
  scene.prod.objects.put("clustersecretstores.external-secrets.io", {
    ...store,
    spec: { provider: { vault: { ...vault, path: "other" } } },
    metadata: { ...asObject(store["metadata"]), managedFields },
  });
  const error = endedReadably(await wire());
  expect(error.kind.code).toBe("VK1401");
  expect(error.message).toMatch(/argocd/);
  expect(scene.prod.objects.get("clustersecretstores.external-secrets.io", undefined, "vault")?.["spec"]).toEqual({
    provider: { vault: { ...vault, path: "other" } },
  });
});
