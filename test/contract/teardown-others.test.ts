import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Flags } from "../../src/config/sources.ts";
import type { TeardownChoices } from "../../src/run/teardown/policy.ts";
import { make } from "../fakes/kube/controllers.ts";
import { definition } from "../fakes/helm/chart.ts";
import { newAuthMount, newSecretMount } from "../fakes/vault/storage.ts";
import { asObject, asText, at, type JsonObject } from "../fakes/wire/json.ts";
import { ended, run } from "./run.ts";
import { planted, type Scene } from "./scene.ts";
import { sceneBefore } from "./stages.ts";
import { done, tearDown, type HowToTearDown, type TornDown } from "./tear-down.ts";

// What others have, or may have, is never taken away: what cannot be known counts as theirs.
let scene: Scene;
let wired: () => Promise<void>;

beforeAll(async () => {
  ({ scene, again: wired } = await sceneBefore("verify"));
}, 120_000);
beforeEach(() => wired());
afterAll(() => scene.close());

const teardown = (choices: Partial<TeardownChoices> = {}, how: HowToTearDown = {}): Promise<TornDown> => tearDown(scene, choices, how);
const all: Partial<TeardownChoices> = { deleteData: true, keepSecrets: false };

const release = "helm vault/vault";
const volumes = "kubernetes PersistentVolumeClaims of vault/vault";
const secretsOfTls = "kubernetes Secrets of ours in vault";
const ours = { "app.kubernetes.io/managed-by": "vault-k8s" };
const otherCluster = "managed by vault-k8s, cluster 11111111-2222-3333-4444-555555555555";

const object = (resource: string, namespace: string, name: string, rest: JsonObject = {}): void => {
  const { metadata, ...body } = rest;
  make(scene.prod.objects, resource, { metadata: { name, namespace, ...asObject(metadata) }, ...body });
};
const uidOf = (resource: string, namespace: string | undefined, name: string): string =>
  asText(at(scene.prod.objects.get(resource, namespace, name), "metadata", "uid"));

/** Every answer of a dry run and of the real one about what is in Vault's namespace. */
async function staysWith(reason: RegExp, choices: Partial<TeardownChoices> = all): Promise<void> {
  const claims = scene.prod.objects.list("persistentvolumeclaims", "vault").length;
  expect(claims).toBe(3);
  for (const plan of [true, false]) {
    const { notes, results } = done(await teardown(choices, { plan }));
    for (const id of [release, volumes]) expect([results[id], notes[id]], id).toEqual(["unchanged", expect.stringMatching(reason)]);
    expect(results["kubernetes Namespace vault"]).toBe("unchanged");
  }
  expect(scene.prod.objects.list("persistentvolumeclaims", "vault").length).toBe(claims);
}

describe("Vault, of which it cannot be known who uses it, stays with its volumes", () => {
  beforeEach(() => void scene.vault.storage.auth.set("k8s-other/", newAuthMount("kubernetes", otherCluster)));

  const scale = (replicas: number): void => {
    const set = scene.prod.objects.get("statefulsets.apps", "vault", "vault")!;
    scene.prod.objects.put("statefulsets.apps", { ...set, spec: { ...asObject(set["spec"]), replicas } });
  };

  test("scaled to zero; --force-vault takes it", async () => {
    scale(0);
    await staysWith(/stays: .*cannot be asked who else uses it.*--force-vault/);
    const { notes, results } = done(await teardown({ ...all, forceVault: true }));
    expect([results[release], results[volumes], notes[volumes]]).toEqual(["deleted", "deleted", undefined]);
    expect(scene.prod.objects.list("persistentvolumeclaims", "vault")).toEqual([]);
  });

  test("what is ours in it is not called gone", async () => {
    scale(0);
    const { notes } = done(await teardown(all, { plan: true }));
    for (const id of ["vault auth/k8s-eks-prod", "vault sys/policies/acl/k8s-eks-prod-read"])
      expect(notes[id], id).toMatch(/^stays: Vault does not run/);
  });

  test("the one pod that runs lost its volume, and is not initialised", async () => {
    scale(1);
    await scene.prod.settled();
    scene.vault.node("vault-0").wipe();
    await staysWith(/stays: .*cannot be asked who else uses it/);
  });

  test("its release is gone, its volumes are there", async () => {
    for (const { name } of scene.prod.objects
      .inNamespace("vault")
      .filter(({ resource, name }) => resource === "secrets" && name.includes("helm")))
      scene.prod.objects.remove("secrets", "vault", name);
    scene.prod.objects.remove("statefulsets.apps", "vault", "vault");
    await scene.prod.settled();
    const { notes, results } = done(await teardown(all));
    expect([results[release], results[volumes], notes[volumes]]).toEqual([
      "unchanged",
      "unchanged",
      expect.stringMatching(/stays: .*--force-vault/),
    ]);
    expect(scene.prod.objects.list("persistentvolumeclaims", "vault").length).toBe(3);
  });

  test("the token may not see its engines", async () => {
    scene.vault.storage.auth.delete("k8s-other/");
    const policy = scene.vault.storage.policies.get("vault-k8s-admin")!;
    const rules = policy.rules.filter(({ path }) => path !== "sys/mounts");
    scene.vault.storage.policies.set("vault-k8s-admin", { ...policy, rules });
    await staysWith(/stays: who else uses it cannot be known: .*may not read sys\/mounts; --force-vault/);
  });
});

describe("everything that uses Vault keeps it", () => {
  test.each(["approle", "oidc", "ldap", "aws", "userpass", "cert", "token2"])("a login of type %s", async (type) => {
    scene.vault.storage.auth.set("people/", newAuthMount(type, ""));
    await staysWith(/stays: others log in to it at auth\/people; .*--force-vault/);
  });

  test.each(["transit", "pki", "database", "some-plugin"])("an engine of type %s", async (type) => {
    scene.vault.storage.mounts.set("work/", newSecretMount(type, "", null));
    await staysWith(/stays: others keep data in it at work\/; .*--force-vault/);
  });

  test("a KV engine that somebody else enabled, also at our path", async () => {
    scene.vault.storage.mounts.get("kv/")!.description = "by hand";
    await staysWith(/stays: others keep data in it at kv\//);
  });

  test("a role in our mount that we did not write, which keeps the mount too", async () => {
    scene.vault.storage.auth.get("k8s-eks-prod/")!.roles.set("by-hand", { token_policies: ["x"] });
    await staysWith(/stays: others log in to it by roles of auth\/k8s-eks-prod: by-hand; .*--force-vault/);
    expect(scene.vault.storage.auth.has("k8s-eks-prod/")).toBe(true);
    const { notes } = done(await teardown({}, { plan: true }));
    expect(notes["vault auth/k8s-eks-prod"]).toMatch(/^stays: it has roles of others: by-hand/);
  });

  test("what a fresh Vault has does not, as init has noted it", async () => {
    const origin = join(scene.folder, "home/.local/share/vault-k8s/eks-prod/init.json.origin");
    const noted = JSON.parse(await readFile(origin, "utf8")) as { freshEngines: object };
    expect(noted.freshEngines).toEqual({ cubbyhole: "cubbyhole", identity: "identity", sys: "system" });
    expect(done(await teardown(all, { plan: true })).results[volumes]).toBe("would-delete");
    scene.vault.storage.mounts.set("agents/", newSecretMount("agent_registry", "", null));
    expect(done(await teardown(all, { plan: true })).notes[volumes]).toMatch(/others keep data in it at agents\//);
    await writeFile(origin, JSON.stringify({ ...noted, freshEngines: { ...noted.freshEngines, agents: "agent_registry" } }));
    expect(done(await teardown(all, { plan: true })).results[volumes]).toBe("would-delete");
  });

  test("volumes go in the run that takes Vault away, although nobody can be asked any more then", async () => {
    expect(done(await teardown(all)).results[volumes]).toBe("deleted");
    expect(scene.prod.objects.list("persistentvolumeclaims")).toEqual([]);
  });
});

describe("a namespace of ours stays while it holds something", () => {
  const shop: Flags = { namespace: "shop" };
  const namespace = "kubernetes Namespace shop";

  beforeEach(async () => {
    ended(await run(scene, { spec: await scene.spec(shop), ids: ["secret"] }));
    await scene.prod.settled();
  });
  const stays = async (what: RegExp): Promise<void> => {
    const { notes } = done(await teardown({ keepSecrets: false }, { flags: shop }));
    expect(notes[namespace]).toMatch(what);
    expect(scene.prod.objects.get("namespaces", undefined, "shop")).toBeDefined();
  };

  /** A database as CloudNativePG makes it: all of it is owned by a custom resource. */
  function database(): void {
    make(
      scene.prod.objects,
      "customresourcedefinitions.apiextensions.k8s.io",
      definition("Cluster", "clusters", "postgresql.cnpg.io", "Namespaced"),
    );
    object("clusters.postgresql.cnpg.io", "shop", "pg", { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster" });
    const owner = {
      apiVersion: "postgresql.cnpg.io/v1",
      kind: "Cluster",
      name: "pg",
      uid: uidOf("clusters.postgresql.cnpg.io", "shop", "pg"),
    };
    for (const [resource, name] of [
      ["pods", "pg-1"],
      ["persistentvolumeclaims", "pg-1"],
      ["services", "pg-rw"],
      ["secrets", "pg-app"],
      ["serviceaccounts", "pg"],
    ] as const)
      object(resource, "shop", name, { metadata: { ownerReferences: [owner] } });
  }

  test("goes where it holds nothing else", async () => {
    expect(done(await teardown({ keepSecrets: false }, { flags: shop })).results[namespace]).toBe("deleted");
  });

  test("a database that a custom resource owns, with its pods and volumes", async () => {
    database();
    await stays(/^stays: it holds /);
    for (const [resource, name] of [
      ["pods", "pg-1"],
      ["persistentvolumeclaims", "pg-1"],
      ["secrets", "pg-app"],
    ] as const)
      expect(scene.prod.objects.get(resource, "shop", name), name).toBeDefined();
  });

  test("a custom resource alone", async () => {
    make(
      scene.prod.objects,
      "customresourcedefinitions.apiextensions.k8s.io",
      definition("Bucket", "buckets", "cloud.example", "Namespaced"),
    );
    object("buckets.cloud.example", "shop", "invoices", { apiVersion: "cloud.example/v1", kind: "Bucket" });
    await stays(/^stays: it holds Bucket invoices$/);
  });

  test("a pod whose owner lies elsewhere", async () => {
    make(scene.prod.objects, "nodes", { metadata: { name: "node-0" } });
    const owner = { apiVersion: "v1", kind: "Node", name: "node-0", uid: uidOf("nodes", undefined, "node-0") };
    object("pods", "shop", "static", { metadata: { ownerReferences: [owner] } });
    await stays(/^stays: it holds Pod static$/);
  });

  test("a volume of something that goes", async () => {
    const owner = { apiVersion: "v1", kind: "Secret", name: "db", uid: uidOf("secrets", "shop", "db") };
    object("persistentvolumeclaims", "shop", "cache", { metadata: { labels: ours, ownerReferences: [owner] } });
    const { notes } = done(await teardown({ keepSecrets: false }, { flags: shop, plan: true }));
    expect(notes[namespace]).toBe("stays: it holds PersistentVolumeClaim cache");
  });

  test("an ExternalSecret of ours that reads by another store", async () => {
    object("externalsecrets.external-secrets.io", "shop", "other", {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata: { labels: ours },
      spec: { secretStoreRef: { name: "second", kind: "ClusterSecretStore" } },
    });
    await stays(/^stays: it holds ExternalSecret other$/);
  });

  test.each(["pods", "secrets", "externalsecrets"])("what it holds cannot be known: no right to list %s", async (plural) => {
    scene.prod.access.deny({ verbs: ["list"], resources: [plural], namespace: "shop" });
    const { notes } = await teardown({ keepSecrets: false }, { flags: shop, plan: true });
    scene.prod.access.denyNothing();
    expect(notes[namespace]).toMatch(/^stays: what is in it cannot be known: /);
  });
});

describe("unseal keys in a Secret stay, wherever it lies and whatever it is called", () => {
  const encoded = (text: string): string => Buffer.from(text).toString("base64");
  const keys = encoded('{"unseal_keys_b64": []}');

  test.each([
    ["the reviewer's", "vault-k8s"],
    ["the operator's", "external-secrets"],
    ["Vault's", "vault"],
  ])("in %s namespace", async (_, namespace) => {
    object("secrets", namespace, "vault-keys", { metadata: { labels: ours }, data: { "init.json": keys, "token.json": keys } });
    object("secrets", namespace, "share-of-anna", { metadata: { labels: ours }, data: { "share-anna.json": keys } });
    const { notes } = done(await teardown({ ...all, forceVault: true }));
    for (const name of ["vault-keys", "share-of-anna"]) expect(scene.prod.objects.get("secrets", namespace, name), name).toBeDefined();
    expect(notes[`kubernetes Namespace ${namespace}`]).toMatch(/^stays: it holds Secret (share-of-anna|vault-keys)/);
  });

  test.each([
    ["vault", "vault-tls", secretsOfTls],
    ["vault-k8s", "vault-reviewer-token", "kubernetes Secret vault-k8s/vault-reviewer-token"],
  ])("in a Secret of ours, %s/%s", async (namespace, name) => {
    const before = scene.prod.objects.get("secrets", namespace, name) ?? {};
    scene.prod.objects.put("secrets", {
      ...before,
      metadata: { uid: "1", ...asObject(before["metadata"]), name, namespace, labels: ours },
      data: { ...asObject(before["data"]), "keys.json": keys },
    });
    done(await teardown({ ...all, forceVault: true }));
    expect(at(scene.prod.objects.get("secrets", namespace, name), "data", "keys.json")).toBe(keys);
  });
});

test("certificates and authorities of another release in the namespace stay", async () => {
  for (const name of ["vault-tls", "vault-tls-ca", "vault2-tls", "vault2-tls-ca", "mine"])
    object("secrets", "vault", name, { metadata: { labels: ours }, data: { "tls.crt": "" } });
  const { changes } = done(await teardown(all));
  expect(changes[secretsOfTls]).toEqual(["vault-tls", "vault-tls-ca"]);
  for (const name of ["vault2-tls", "vault2-tls-ca", "mine"]) expect(scene.prod.objects.get("secrets", "vault", name), name).toBeDefined();
});

describe("--delete-data", () => {
  const secrets = "vault secrets below kv/k8s/eks-prod/";
  const left = (): string[] => [...scene.vault.storage.mounts.get("kv/")!.secrets.keys()];

  beforeEach(() => {
    scene.vault.storage.auth.set("k8s-hand/", newAuthMount("kubernetes", ""));
    scene.put("k8s/eks-prod/db", { a: planted.username });
  });

  test.each([
    ["of another cluster", `# ${otherCluster}\npath "kv/data/k8s/eks-prod/*" { capabilities = ["read"] }`],
    ["by hand, of one secret", 'path "kv/data/k8s/eks-prod/db" { capabilities = ["read"] }'],
    ["by hand, of all clusters", 'path "kv/data/k8s/*" { capabilities = ["read"] }'],
    ["by hand, with a plus", 'path "kv/+/k8s/+/db" { capabilities = ["read"] }'],
    ["by hand, of names alone", 'path "kv/metadata/k8s/eks-prod/*" { capabilities = ["list"] }'],
  ])("deletes no secrets that a policy reads %s", async (_, text) => {
    scene.vault.storage.policies.set("theirs", { text, rules: [] });
    const { notes } = done(await teardown(all));
    expect(notes[secrets]).toMatch(/^stays: others read there: policy theirs/);
    expect(left()).toContain("k8s/eks-prod/db");
  });

  test.each([
    ["beside it", 'path "kv/data/k8s/eks-prod-2/*" { capabilities = ["read"] }'],
    ["of another engine", 'path "kv2/data/k8s/eks-prod/*" { capabilities = ["read"] }'],
    ["that forbids", 'path "kv/data/k8s/eks-prod/*" { capabilities = ["deny"] }'],
    ["of people who may do everything", 'path "*" { capabilities = ["sudo", "read"] }'],
  ])("is not kept by a policy %s", async (_, text) => {
    scene.vault.storage.policies.set("theirs", { text, rules: [] });
    expect(done(await teardown(all)).results[secrets]).toBe("deleted");
  });

  test("deletes none where the policies of others cannot be known", async () => {
    const policy = scene.vault.storage.policies.get("vault-k8s-admin")!;
    const rules = policy.rules.filter(({ path }) => !path.startsWith("sys/policies/acl"));
    const own = policy.rules.filter(({ path }) => path === "sys/policies/acl/k8s-*");
    scene.vault.storage.policies.set("vault-k8s-admin", { ...policy, rules: [...rules, ...own] });
    expect(done(await teardown(all)).notes[secrets]).toMatch(/^stays: who else reads there cannot be known/);
    expect(left()).toContain("k8s/eks-prod/db");
  });
});

describe("no more is deleted than was shown", () => {
  test("of secrets in Vault", async () => {
    scene.vault.storage.auth.set("k8s-hand/", newAuthMount("kubernetes", ""));
    scene.put("k8s/eks-prod/db", { a: planted.username });
    const meanwhile = (): void => scene.put("k8s/eks-prod/new", { a: planted.username });
    done(await teardown(all, { meanwhile }));
    expect([...scene.vault.storage.mounts.get("kv/")!.secrets.keys()]).toEqual(["k8s/eks-prod/new"]);
  });

  test("of volumes, ExternalSecrets and certificates", async () => {
    const external = scene.prod.objects.get("externalsecrets.external-secrets.io", "default", "db")!;
    const claim = scene.prod.objects.get("persistentvolumeclaims", "vault", "data-vault-0")!;
    const renamed = (found: JsonObject, name: string): JsonObject => ({
      ...found,
      metadata: { ...asObject(found["metadata"]), name, uid: name },
    });
    const meanwhile = (): void => {
      scene.prod.objects.put("externalsecrets.external-secrets.io", renamed(external, "late"));
      scene.prod.objects.put("persistentvolumeclaims", renamed(claim, "data-vault-3"));
      object("secrets", "vault", "vault-tls", { metadata: { labels: ours }, data: {} });
    };
    done(await teardown(all, { meanwhile }));
    expect(scene.prod.objects.get("externalsecrets.external-secrets.io", "default", "late")).toBeDefined();
    expect(scene.prod.objects.get("persistentvolumeclaims", "vault", "data-vault-3")).toBeDefined();
    expect(scene.prod.objects.get("secrets", "vault", "vault-tls")).toBeDefined();
  });
});

describe("a reviewer that another mount of this cluster uses stays", () => {
  const account = "kubernetes ServiceAccount vault-k8s/vault-reviewer";
  const token = "kubernetes Secret vault-k8s/vault-reviewer-token";
  const binding = "kubernetes ClusterRoleBinding vault-k8s-k8s-eks-prod-auth-delegator";
  const isThere = (): boolean => scene.prod.objects.get("serviceaccounts", "vault-k8s", "vault-reviewer") !== undefined;

  /** The cluster under a second name, as an earlier version let it be wired. */
  const wiredAs = (mount: string): void => {
    const uid = uidOf("namespaces", undefined, "kube-system");
    scene.vault.storage.auth.set(`${mount}/`, newAuthMount("kubernetes", `managed by vault-k8s, cluster ${uid}`));
  };
  const bound = (name: string, serviceAccount: string): void =>
    make(scene.prod.objects, "clusterrolebindings.rbac.authorization.k8s.io", {
      metadata: { name, labels: ours },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
      subjects: [{ kind: "ServiceAccount", name: serviceAccount, namespace: "vault-k8s" }],
    });

  test("wired under a second name, with the same account", async () => {
    wiredAs("k8s-eks-second");
    bound("vault-k8s-k8s-eks-second-auth-delegator", "vault-reviewer");
    const { notes, results } = done(await teardown());
    for (const id of [account, token]) expect(notes[id], id).toMatch(/^stays: auth\/k8s-eks-second of this cluster/);
    expect([results[binding], isThere()]).toEqual(["deleted", true]);
    expect(scene.vault.storage.auth.has("k8s-eks-prod/")).toBe(false);
  });

  test("without a binding that bears its name", async () => {
    wiredAs("k8s-hand");
    const { notes } = done(await teardown());
    for (const id of [account, token, binding]) expect(notes[id], id).toMatch(/^stays: auth\/k8s-hand of this cluster/);
  });

  test("by a binding that somebody gave it", async () => {
    bound("theirs", "vault-reviewer");
    expect(done(await teardown()).notes[account]).toBe("stays: ClusterRoleBinding theirs gives it a role");
  });

  test("goes where the other mount has a reviewer of its own", async () => {
    wiredAs("k8s-eks-second");
    bound("vault-k8s-k8s-eks-second-auth-delegator", "second-reviewer");
    expect(done(await teardown()).results[account]).toBe("deleted");
  });
});

describe("under a name that this cluster does not have nothing is taken away", () => {
  const refused = async (flags: Flags, reason: RegExp, fix: RegExp): Promise<void> => {
    for (const plan of [true, false]) {
      const { error, writes } = await teardown(all, { plan, flags });
      expect([error, writes]).toMatchObject([
        { kind: { code: "VK1401" }, message: expect.stringMatching(reason), fix: expect.stringMatching(fix) },
        [],
      ]);
    }
  };
  const known = /context eks-prod\) is known as auth\/k8s-eks-prod, and nothing of it bears the name auth\/k8s-eks-prd/;

  test("a slip of the pen", async () => {
    const kept = JSON.parse(await readFile(join(scene.folder, "home/.local/share/vault-k8s/eks-prod/init.json.token"), "utf8")) as {
      token: string;
    };
    const vaultTokenFile = join(scene.folder, "token");
    await writeFile(vaultTokenFile, kept.token, { mode: 0o600 });
    await refused({ cluster: "eks-prd", context: "eks-prod", vaultTokenFile }, known, /--cluster eks-prod, or --auth-mount k8s-eks-prod/);
  });

  test("where Vault cannot be asked", async () => {
    const set = scene.prod.objects.get("statefulsets.apps", "vault", "vault")!;
    scene.prod.objects.put("statefulsets.apps", { ...set, spec: { ...asObject(set["spec"]), replicas: 0 } });
    await refused({ cluster: "eks-prd", context: "eks-prod" }, known, /--cluster eks-prod/);
  });

  test("the context of another cluster", () =>
    refused(
      { context: "eks-staging", vaultContext: "eks-prod" },
      /auth\/k8s-eks-prod belongs to another cluster than that of context eks-staging/,
      /--context/,
    ));

  test("what another name of this cluster reads by stays, and what serves it", async () => {
    const resource = "clustersecretstores.external-secrets.io";
    const store = structuredClone(scene.prod.objects.get(resource, undefined, "vault")!);
    asObject(at(store, "spec", "provider", "vault", "auth", "kubernetes"))["mountPath"] = "k8s-eks-second";
    scene.prod.objects.put(resource, store);
    const { notes, results } = done(await teardown());
    expect(notes["kubernetes ClusterSecretStore vault"]).toBe("stays: it logs in at auth/k8s-eks-second");
    expect(results["kubernetes ExternalSecrets"]).toBe("unchanged");
    expect(notes["helm external-secrets/external-secrets"]).toContain(
      "others need it: ExternalSecret default/db, ClusterSecretStore vault",
    );
    expect(scene.prod.objects.get("externalsecrets.external-secrets.io", "default", "db")).toBeDefined();
  });
});
