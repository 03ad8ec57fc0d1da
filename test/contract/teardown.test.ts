import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Flags } from "../../src/config/sources.ts";
import { CliError } from "../../src/core/errors.ts";
import { withLease } from "../../src/kubernetes/lease.ts";
import type { TeardownChoices } from "../../src/run/teardown/policy.ts";
import { make } from "../fakes/kube/controllers.ts";
import { newAuthMount } from "../fakes/vault/storage.ts";
import { ended, run } from "./run.ts";
import { planted, type Scene } from "./scene.ts";
import { done, tearDown, type HowToTearDown, type TornDown } from "./tear-down.ts";
import { isWrite } from "./writes.ts";
import { order, sceneBefore } from "./stages.ts";

let scene: Scene;
let wired: () => Promise<void>;

beforeAll(async () => {
  ({ scene, again: wired } = await sceneBefore("verify"));
}, 120_000);
beforeEach(() => wired());
afterAll(() => scene.close());

const teardown = (choices: Partial<TeardownChoices> = {}, how: HowToTearDown = {}): Promise<TornDown> => tearDown(scene, choices, how);

/** What carries our label or mark, as ids; Secrets of ExternalSecrets carry it too. */
function ours(): string[] {
  const kinds = [
    "namespaces",
    "serviceaccounts",
    "clusterrolebindings.rbac.authorization.k8s.io",
    "clustersecretstores.external-secrets.io",
    "externalsecrets.external-secrets.io",
  ];
  const objects = kinds
    .flatMap((kind) => scene.prod.objects.list(kind))
    .filter((object) => JSON.stringify(object).includes('"app.kubernetes.io/managed-by":"vault-k8s"'));
  const { auth, policies } = scene.vault.storage;
  return [
    ...objects.map((object) => String((object["metadata"] as { name: string }).name)),
    ...[...auth.keys()].filter((path) => path.startsWith("k8s-")),
    ...[...policies.keys()].filter((name) => name.startsWith("k8s-")),
  ];
}

const secret = () => scene.prod.objects.get("secrets", "default", "db");

describe("teardown", () => {
  test("a plan writes nothing, and what is planned is what is done", async () => {
    const planned = done(await teardown({}, { plan: true }));
    expect(planned.writes).toEqual([]);
    const ran = done(await teardown());
    const expected = Object.entries(planned.results).map(([id, result]) => [id, result === "would-delete" ? "deleted" : result]);
    expect(ran.results).toEqual(Object.fromEntries(expected));
    expect(Object.values(ran.results).filter((result) => result === "deleted").length).toBeGreaterThan(9);
  });

  test("leaves nothing of ours, keeps Secrets and data, and a second run has nothing to do", async () => {
    done(await teardown());
    await scene.prod.settled();
    expect(ours()).toEqual(["vault"]);
    expect(secret()?.["data"]).toBeDefined();
    expect(secret()?.["metadata"]).not.toHaveProperty("ownerReferences");
    expect(scene.vault.storage.mounts.get("kv/")?.secrets.has("k8s/eks-prod/db")).toBe(true);
    expect(done(await teardown()).writes).toEqual([]);
  });

  test("with --delete-secrets the Secrets of applications go", async () => {
    done(await teardown({ keepSecrets: false }));
    await scene.prod.settled();
    expect(secret()).toBeUndefined();
  });

  test("bootstrap brings all back", async () => {
    done(await teardown());
    const again = ended(await run(scene, { spec: await scene.spec(), ids: order }));
    expect(again.findings.filter(({ kind }) => kind !== "pass")).toEqual([]);
    expect(ours()).toContain("k8s-eks-prod/");
  });

  test("cut before or after a write, at every fifth of them, the next run goes on", async () => {
    let k = 1;
    for (; ; k += 5) {
      await wired();
      scene.line.cutAt(k, k % 2 === 0 ? "before" : "after", ({ method, path }) => isWrite(method, path) && !path.includes("/leases"));
      const { error } = await teardown();
      scene.line.mend();
      if (error === undefined) break;
      expect(error, `cut ${k}`).toBeInstanceOf(CliError);
      done(await teardown());
      await scene.prod.settled();
      expect(ours(), `cut ${k}`).toEqual(["vault"]);
    }
    expect(k).toBeGreaterThan(8);
  }, 600_000);
});

describe("Vault's CA beside kubernetes-external-secrets, in a namespace that somebody else made", () => {
  const id = "kubernetes Secret kes/vault-ca";
  const ca = () => scene.prod.objects.get("secrets", "kes", "vault-ca");
  let flags: Flags;

  beforeEach(async () => {
    flags = { operator: "kes", operatorNamespace: "kes", caCert: join(scene.folder, "ca.crt") };
    await writeFile(join(scene.folder, "ca.crt"), scene.prod.authority.ca);
    make(scene.prod.objects, "namespaces", { metadata: { name: "kes" } });
    ended(await run(scene, { spec: await scene.spec(flags), ids: ["external-secrets"] }));
    expect(ca()).toBeDefined();
  });

  test("goes with the operator, and the namespace stays", async () => {
    const planned = done(await teardown({}, { plan: true, flags }));
    expect([planned.results[id], planned.writes]).toEqual(["would-delete", []]);
    const { results, notes } = done(await teardown({}, { flags }));
    expect([results[id], ca()]).toEqual(["deleted", undefined]);
    expect(notes["kubernetes Namespace kes"]).toBe("stays: somebody else made it");
    expect(scene.prod.objects.get("namespaces", undefined, "kes")).toBeDefined();
    expect(done(await teardown({}, { flags })).writes).toEqual([]);
  });

  test("stays while the operator does, which others need, and mounts it", async () => {
    make(scene.prod.objects, "externalsecrets.kubernetes-client.io", {
      metadata: { name: "by-hand", namespace: "default" },
      spec: { backendType: "vault", vaultMountPoint: "another" },
    });
    const volumes = [{ name: "vault-ca", secret: { secretName: "vault-ca" } }];
    make(scene.prod.objects, "pods", { metadata: { name: "kes-0", namespace: "kes" }, spec: { volumes } });
    const { results, notes } = done(await teardown({}, { flags }));
    expect(notes["helm kes/kubernetes-external-secrets"]).toContain("others need it: ExternalSecret default/by-hand");
    expect([results[id], notes[id]]).toEqual(["unchanged", "stays: pod kes-0 mounts it"]);
    scene.prod.objects.remove("pods", "kes", "kes-0");
    expect(done(await teardown({}, { flags })).results[id]).toBe("deleted");
  });

  test("stays where it is not marked as ours", async () => {
    make(scene.prod.objects, "secrets", { metadata: { name: "vault-ca", namespace: "kes" }, data: {} });
    expect(done(await teardown({}, { flags })).notes[id]).toBe("stays: it is not marked as ours");
    expect(ca()).toBeDefined();
  });
});

describe("what is not ours stays", () => {
  test("Vault, while another cluster logs in to it, unless told; its mount stays in any case", async () => {
    const other = "managed by vault-k8s, cluster 11111111-2222-3333-4444-555555555555";
    scene.vault.storage.auth.set("k8s-other/", newAuthMount("kubernetes", other));
    const ran = done(await teardown());
    expect(ran.notes["helm vault/vault"]).toMatch(/stays: others log in to it at auth\/k8s-other/);
    expect([...scene.vault.storage.auth.keys()]).toEqual(["token/", "k8s-other/"]);
    expect(done(await teardown({ forceVault: true })).results["helm vault/vault"]).toBe("deleted");
  });

  test("with --delete-data the cluster's secrets go where Vault stays, and no others", async () => {
    scene.vault.storage.auth.set("k8s-by-hand/", newAuthMount("kubernetes", ""));
    scene.put("k8s/other/x", { a: planted.username });
    scene.put("k8s/eks-prod/team/deep", { a: planted.username });
    done(await teardown({ deleteData: true }));
    expect([...scene.vault.storage.mounts.get("kv/")!.secrets.keys()]).toEqual(["k8s/other/x"]);
  });

  test("a mount and a policy of others at our names, and objects without our label", async () => {
    scene.vault.storage.auth.set("k8s-eks-prod/", newAuthMount("kubernetes", "by hand"));
    const { policies } = scene.vault.storage;
    policies.set("k8s-eks-prod-read", { ...policies.get("k8s-eks-prod-read")!, text: "# somebody's\n" });
    const store = scene.prod.objects.get("clustersecretstores.external-secrets.io", undefined, "vault")!;
    scene.prod.objects.put("clustersecretstores.external-secrets.io", { ...store, metadata: { name: "vault", uid: "x", labels: {} } });
    const { results, notes } = done(await teardown());
    for (const id of ["vault auth/k8s-eks-prod", "vault sys/policies/acl/k8s-eks-prod-read", "kubernetes ClusterSecretStore vault"])
      expect([results[id], notes[id]], id).toEqual(["unchanged", "stays: it is not marked as ours"]);
    expect(notes["helm external-secrets/external-secrets"]).toContain("others need it: ClusterSecretStore vault");
  });

  test("a namespace of ours with something else in it", async () => {
    make(scene.prod.objects, "configmaps", { metadata: { name: "mine", namespace: "vault-k8s" }, data: {} });
    const { notes } = done(await teardown());
    expect(notes["kubernetes Namespace vault-k8s"]).toBe("stays: it holds ConfigMap mine");
    expect(scene.prod.objects.get("configmaps", "vault-k8s", "mine")).toBeDefined();
  });

  test("a sealed Vault is told before anything is deleted", async () => {
    for (const node of scene.vault.nodes) node.unsealedAt = undefined;
    const { error, writes } = await teardown();
    expect([error instanceof CliError && error.kind.code, writes]).toEqual(["VK1202", []]);
  });
});

describe("one run at a time", () => {
  const path = "/apis/coordination.k8s.io/v1/namespaces/vault/leases";
  const own = `${path}/vault-k8s-vault`;
  const plain = (write: string): string => write.split("?")[0] ?? "";
  const deletions = (writes: readonly string[]): string[] =>
    writes.map(plain).filter((write) => write.startsWith("DELETE ") && !write.includes("/leases/"));
  const lease = () => scene.prod.objects.get("leases.coordination.k8s.io", "vault", "vault-k8s-vault");

  test("the Lease is taken before the first write, looked at right before each deletion, and taken away; a plan takes none", async () => {
    expect(done(await teardown({}, { plan: true })).writes).toEqual([]);
    const writes = done(await teardown()).writes.map(plain);
    expect([writes[0], writes.at(-1)]).toEqual([`POST ${path}`, `DELETE ${own}`]);
    expect(deletions(writes).length).toBeGreaterThan(9);
    // helm deletes by itself what its charts made.
    const unseen = writes.filter((write, index) => write.startsWith("DELETE ") && writes[index - 1] !== `PUT ${own}`);
    expect(
      unseen.filter((write) => !/\/namespaces\/(vault|external-secrets)\/|\/(vault-server-binding|secretstore-validate)/.test(write)),
    ).toEqual([]);
    expect(done(await teardown()).writes).toEqual([]);
  });

  test("with --delete-data it goes before its namespace does, and what comes after that goes too", async () => {
    const { results } = done(await teardown({ deleteData: true }, { flags: { namespace: "shop" } }));
    expect(results["kubernetes Namespace vault"]).toBe("deleted");
    expect(lease()).toBeUndefined();
  });

  test("a run that works on this Vault keeps it from the first deletion", async () => {
    const world = await scene.world(await scene.spec());
    const of = { namespace: "vault", release: "vault" };
    const how = { say: () => undefined, without: "stop", times: { lastsMs: 2_000, renewMs: 100 } } as const;
    const { error, writes } = await withLease(world.kube, of, how, () => teardown());
    await world.close();
    expect([error instanceof CliError && error.kind.code, deletions(writes)]).toEqual(["VK1513", []]);
  });

  test("one that lost it deletes nothing more", async () => {
    let asked = 0;
    scene.line.break(({ method, path: at }) => {
      if (method !== "PUT" || at.split("?")[0] !== own || ++asked < 3) return undefined;
      scene.prod.objects.put("leases.coordination.k8s.io", {
        ...lease()!,
        spec: { holderIdentity: "bob@elsewhere 0123456789abcdef", leaseDurationSeconds: 60 },
      });
      return undefined;
    });
    const { error, writes } = await teardown();
    scene.line.mend();
    expect([error instanceof CliError && error.kind.code, deletions(writes).length]).toEqual(["VK1513", 2]);
  });

  test("without the right to Leases it stops before anything goes, with the rule that grants it", async () => {
    scene.prod.access.deny({ username: "operator", resources: ["leases"] });
    const { error, writes } = await teardown();
    scene.prod.access.denyNothing();
    expect([error instanceof CliError && error.kind.code, deletions(writes)]).toEqual(["VK1105", []]);
    expect(error).toMatchObject({ fix: expect.stringContaining("create role vault-k8s-lease -n vault --verb=get,create,update,delete") });
  });
});
