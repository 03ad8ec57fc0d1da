import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fullPolicy, fullRbac, preflight, todoOf, type Preflight } from "../../src/run/preflight/preflight.ts";
import { preflightOf } from "../../src/run/preflight/of-run.ts";
import type { World } from "../../src/run/world/open.ts";
import type { Spec } from "../../src/config/spec.ts";
import type { Flags } from "../../src/config/sources.ts";
import { bind } from "../../src/core/step.ts";
import { steps } from "../../src/run/steps.ts";
import { vaultSteps } from "../../src/run/which-steps.ts";
import { type StepId } from "../../src/config/step-id.ts";
import { lackLines } from "../../src/run/preflight/lines.ts";
import type { Denial } from "../fakes/kube/access.ts";
import { make } from "../fakes/kube/controllers.ts";
import { capabilitiesOn, parsePolicy } from "../fakes/vault/acl.ts";
import { notAllowed } from "./rbac-rules.ts";
import { ended, endedReadably, run, writesIn } from "./run.ts";
import { Scene } from "./scene.ts";
import { order } from "./stages.ts";

vi.setConfig({ testTimeout: 120_000 });

let scene: Scene;
beforeEach(async () => {
  scene = await Scene.open();
  scene.helm.timeoutMs = 30_000;
});
afterEach(() => scene.close());

type About = ReturnType<typeof preflightOf>;

/** Asks something of a world with these spec. */
async function ask<T>(spec: Spec, ids: readonly StepId[], question: (about: About, world: World) => Promise<T>): Promise<T> {
  const world = await scene.world(spec);
  try {
    return await question(
      preflightOf(
        world,
        spec,
        ids.map((id) => bind(steps[id], spec)),
      ),
      world,
    );
  } finally {
    await world.close();
  }
}

const look = async (flags: Flags = {}, ids: readonly StepId[] = order, { tries = false } = {}): Promise<Preflight> =>
  ask(await scene.spec(flags), ids, async (about) => {
    const todo = await todoOf(about.read, about.steps);
    return await preflight({ ...about, tries, todo: (resource) => todo.has(resource) });
  });

/** A Vault at an address, with a token of its root. */
async function elsewhere(): Promise<Flags> {
  const { storage } = scene.vault.ready();
  const file = join(scene.folder, "token");
  await writeFile(file, storage.issued[0] ?? "");
  return { vaultAddr: scene.vault.url, vaultTokenFile: file, kubernetesHost: "https://10.9.8.7:6443" };
}
const wiring = order.filter((id) => !vaultSteps.includes(id));

const deny = (...denials: readonly Denial[]): void =>
  scene.prod.access.deny(...denials.map((denial) => ({ username: "operator", ...denial })));

describe("what a run sends is what was asked for before", () => {
  const variants: readonly (readonly [string, Flags])[] = [
    ["as it comes", {}],
    [
      "a load balancer, a SecretStore, the operator's own account as reviewer",
      {
        expose: "LoadBalancer",
        storeKind: "SecretStore",
        boundNamespaces: ["default"],
        boundServiceAccounts: ["default"],
        reviewerNamespace: "external-secrets",
        reviewerServiceAccount: "external-secrets",
      },
    ],
    ["kes", { operator: "kes" }],
    ["kes that is told of a CA", { operator: "kes", caCert: "FOLDER/ca.crt" }],
    ["unseal keys in a Secret", { keysKubernetesSecret: "vault/keys", acceptUnproven: true }],
    [
      "one unseal key in a Secret, one in a file",
      { keyShares: "2", keyThreshold: "2", keysHolders: ["ann=kubernetes:vault/ann", "bob=file:FOLDER/bob"] },
    ],
  ];

  test.each(variants)("%s: every request to Kubernetes is allowed by the roles of --rbac", async (_, flags) => {
    await writeFile(join(scene.folder, "ca.crt"), scene.prod.authority.ca);
    const placed = JSON.parse(JSON.stringify(flags).replaceAll("FOLDER", scene.folder)) as Flags;
    const spec = await scene.spec(placed);
    const [manifest] = await ask(spec, order, (about) => fullRbac(about, undefined));
    const mark = scene.line.journal.length;
    const ran = await run(scene, { spec, ids: order });
    const sent = scene.line.asked(mark).filter(({ server, identity }) => server === "kube eks-prod" && identity === "operator");
    expect(sent.length).toBeGreaterThan(40);
    expect([...new Set(sent.map((request) => notAllowed(manifest?.yaml ?? "", request)))].filter(Boolean)).toEqual([]);
    ended(ran);
  });

  test("every request to Vault is allowed by the policy of --vault-policy, and all of it is needed", async () => {
    const { storage } = scene.vault.ready();
    const file = join(scene.folder, "token");
    const ids = order.filter((id) => !vaultSteps.includes(id));
    const flags = { vaultAddr: scene.vault.url, vaultTokenFile: file, kubernetesHost: scene.prod.url, audit: "stdout" };
    const spec = await scene.spec(flags);
    await writeFile(file, storage.issued[0] ?? "");
    const policy = await ask(spec, ids, (about) => fullPolicy(about));
    storage.policies.set("exactly", { text: policy, rules: parsePolicy(policy) });
    await writeFile(file, storage.issue({ displayName: "exactly", policies: ["default", "exactly"], path: "auth/token/create-orphan" }).id);
    expect((await look(flags, ids)).vault).toEqual([]);
    const mark = scene.line.journal.length;
    ended(await run(scene, { spec, ids }));
    const sent = scene.line.asked(mark).map(({ path }) => path.replace(/^\/v1\//, "").split("?")[0] ?? "");
    const unused = parsePolicy(policy).filter((rule) => !sent.some((path) => capabilitiesOn(path, [rule])[0] !== "deny"));
    expect(unused).toEqual([]);
  });
});

describe("what is missing is told all at once", () => {
  test("rights in several places, each with its step; what grants them is a manifest; nothing was written", async () => {
    deny(
      { verbs: ["patch", "create"], resources: ["clustersecretstores"] },
      { verbs: ["create"], resources: ["namespaces"] },
      { resources: ["pods/portforward"] },
      { verbs: ["get"], resources: ["serviceaccounts"], namespace: "vault-k8s" },
    );
    const mark = scene.line.journal.length;
    const found = await look();
    const lines = lackLines(found);
    expect(lines).toEqual([
      "Kubernetes: you may not create namespaces (context eks-prod; for tls, external-secrets, reviewer)",
      "Kubernetes: you may not create, patch clustersecretstores.external-secrets.io vault-k8s-webhook-probe, vault (context eks-prod; for external-secrets, store)",
      "Kubernetes: you may not get serviceaccounts vault-reviewer in namespace vault-k8s (context eks-prod; for reviewer, auth)",
      expect.stringMatching(/may not get, create pods\/portforward in namespace vault/),
    ]);
    expect(found.exit).toBe(77);
    expect(found.manifests[0]?.yaml).toContain("clustersecretstores");
    expect(writesIn(scene.line.asked(mark))).toEqual([]);
  });

  test("what the access review denies and the call allows stops nothing", async () => {
    deny({ verbs: ["*"] });
    const found = await look();
    expect([found.kube, found.exit]).toEqual([[], 0]);
  });

  test("capabilities in Vault, with the policy that grants them", async () => {
    const { storage } = scene.vault.ready();
    const little = 'path "sys/mounts" { capabilities = ["read"] }\npath "sys/auth*" { capabilities = ["read", "update"] }';
    storage.policies.set("little", { text: little, rules: parsePolicy(little) });
    const file = join(scene.folder, "token");
    await writeFile(file, storage.issue({ displayName: "little", policies: ["default", "little"], path: "auth/token/create" }).id);
    const ids = order.filter((id) => !vaultSteps.includes(id));
    const found = await look({ vaultAddr: scene.vault.url, vaultTokenFile: file, kubernetesHost: scene.prod.url }, ids);
    expect(Object.fromEntries(found.vault.map(({ path, missing }) => [path, missing]))).toEqual({
      "auth/k8s-eks-prod/config": ["read", "update"],
      "auth/k8s-eks-prod/role/external-secrets": ["create", "read", "update"],
      "kv/config": ["read"],
      "kv/data/k8s/eks-prod/db": ["read"],
      "sys/auth/k8s-eks-prod": ["sudo"],
      "sys/mounts/kv": ["update"],
      "sys/policies/acl/k8s-eks-prod-read": ["read", "update"],
    });
    expect(parsePolicy(found.policy).length).toBe(7);
    expect(found.exit).toBe(77);
  });

  test("a Vault that does not answer, no helm, and a right, in one list", async () => {
    deny({ verbs: ["patch"], resources: ["clusterrolebindings"] });
    const file = join(scene.folder, "token");
    await writeFile(file, "hvs.somebody");
    const ids = order.filter((id) => !vaultSteps.includes(id));
    const found = await look(
      {
        vaultAddr: "http://127.0.0.1:1",
        vaultTokenFile: file,
        helm: join(scene.folder, "no-helm"),
        kubernetesHost: scene.prod.url,
      },
      ids,
    );
    const text = lackLines(found).join("\n");
    expect(text).toMatch(/may not patch clusterrolebindings/);
    expect(text).toMatch(/Vault.*127\.0\.0\.1:1/);
    expect(text).toMatch(/helm was not found/);
  });

  test("storage and quotas, from what the chart asks for", async () => {
    scene.prod.objects.remove("storageclasses.storage.k8s.io", undefined, "standard");
    scene.prod.objects.put("resourcequotas", {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "small", namespace: "vault" },
      status: { hard: { pods: "4" }, used: { pods: "2" } },
    });
    const found = await look({ replicas: "3" });
    expect(lackLines(found)).toEqual([
      expect.stringContaining("ResourceQuota vault/small leaves room for 2 of pods, and release vault needs 3"),
      expect.stringContaining("No StorageClass is the default (there are: none)"),
    ]);
    expect(found.exit).toBe(1);
  });
});

describe("pods that would not be made, or not start", () => {
  const enforcing = (level: string): void =>
    make(scene.prod.objects, "namespaces", { metadata: { name: "vault", labels: { "pod-security.kubernetes.io/enforce": level } } });

  test("Pod Security refuses the chart's pods: what does it is said, and with it nothing is", async () => {
    enforcing("restricted");
    const [lack, ...more] = (await look()).shortages;
    expect(lack?.what).toContain("Namespace vault enforces Pod Security restricted, and would refuse the pods of StatefulSet vault");
    expect(lack?.what).toContain('unrestricted capabilities (container "vault" must set securityContext.capabilities.drop=["ALL"])');
    expect(more).toEqual([]);
    const values = join(scene.folder, "restricted.yaml");
    await writeFile(values, lack?.fix.replace(/^[^{]*/, "") ?? "");
    expect((await look({ values: [values] })).shortages).toEqual([]);
  });

  test("baseline takes them", async () => {
    enforcing("baseline");
    expect((await look()).shortages).toEqual([]);
  });

  test("values that leave out what the run relies on stop it before it writes", async () => {
    await writeFile(join(scene.folder, "vault-k8s.yaml"), "");
    const values = join(scene.folder, "kms.yaml");
    await writeFile(values, "server:\n  volumes: [{ name: kms-creds, secret: { secretName: kms-creds } }]\n");
    const ran = await run(scene, { spec: await scene.spec({ values: [values] }), ids: ["tls", "install"] });
    expect(endedReadably(ran).kind.code).toBe("VK1308");
    expect(ran.writes).toEqual([]);
  });

  test("an image whose program its container may not start", async () => {
    expect((await look({ imageTag: "1.21.6" })).shortages).toMatchObject([
      { fix: expect.stringMatching(/^--image-tag 1\.21\.7,/) as string },
    ]);
  });

  test("a class whose driver is not there", async () => {
    scene.prod.objects.remove("csidrivers.storage.k8s.io", undefined, "fake.csi.k8s.io");
    expect((await look()).shortages).toMatchObject([
      { what: expect.stringContaining("the driver fake.csi.k8s.io, which is not installed") as string },
    ]);
  });
});

describe("versions", () => {
  const tooOld = "Vault 1.12.11 is older than 1.13, which is needed because ";

  test("a Vault that is too old is missing something, in pods or at an address", async () => {
    ended(await run(scene, { spec: await scene.spec(), ids: order.slice(0, order.indexOf("operator-unseal") + 1) }));
    scene.vault.node("vault-1").version = "1.12.11";
    const inPods = await look();
    expect(lackLines(inPods)).toEqual([expect.stringContaining(tooOld)]);
    expect([inPods.exit, inPods.there]).toEqual([1, expect.arrayContaining(["Vault 1.12.11", "Vault 1.21.0"])]);
    for (const node of scene.vault.nodes) node.version = "1.12.11";
    const atAddress = await look(await elsewhere(), wiring);
    expect(lackLines(atAddress)).toEqual([expect.stringContaining(tooOld)]);
  });

  test.each(["2.6.2", "1.22.0-beta1+ent", "0.0.0-dev", "built by hand"])(
    "a Vault that calls itself %s is taken as it is",
    async (version) => {
      for (const node of scene.vault.nodes) node.version = version;
      const found = await look(await elsewhere(), wiring);
      expect([lackLines(found), found.exit]).toEqual([[], 0]);
      expect(found.there).toContain(`Vault ${version}`);
    },
  );
});

describe("addresses at which others look for each other", () => {
  const api = "Vault reaches the API server at https://10.9.8.7:6443: only Vault can try that; ";

  test("a name inside the cluster is not tried, and what proves it is said", async () => {
    const found = await look({}, order, { tries: true });
    expect(found.unproven).toEqual([
      "pods reach Vault at http://vault-active.vault.svc:8200: only pods know that name; verify proves it, since the store logs in from a pod",
    ]);
    expect((await look({ operator: "kes" }, order, { tries: true })).unproven).toEqual([
      expect.stringMatching(/; verify --inside proves it$/),
    ]);
  });

  test("one outside is tried from here; the API server's is Vault's to try", async () => {
    const flags = await elsewhere();
    const found = await look(flags, wiring, { tries: true });
    expect(found.there).toContain(`pods are told ${scene.vault.url}: tried from here, Vault 1.21.0 answers`);
    expect(found.unproven).toEqual([`${api}bootstrap tries the address from here before it tells Vault, and verify proves it by a login`]);
    const unasked = await look({ ...flags, hostProof: false }, wiring, { tries: true });
    expect(unasked.unproven).toEqual([`${api}verify proves it by a login`]);
  });

  test("what does not answer here may answer pods: it is said, and stops nothing", async () => {
    const found = await look({ ...(await elsewhere()), consumerVaultAddr: "http://127.0.0.1:1" }, wiring, { tries: true });
    expect(found.unproven).toContainEqual(
      expect.stringContaining(
        "pods reach Vault at http://127.0.0.1:1: tried from here, the connection was refused, which may differ for pods; verify",
      ),
    );
    expect([lackLines(found), found.exit]).toEqual([[], 0]);
  });

  test("a run tries none, and finds out all the same that there is none", async () => {
    const mark = scene.line.journal.length;
    const found = await look({ consumerVaultAddr: scene.vault.url });
    expect(found.unproven).toEqual([]);
    expect(scene.line.asked(mark).filter(({ path }) => path.includes("sys/health"))).toEqual([]);
    expect(lackLines(await look({ cluster: "eks-staging", vaultContext: "eks-prod" }, wiring))).toContainEqual(
      expect.stringContaining("has no address that another cluster reaches"),
    );
  });

  test("an address of the API server that only this machine can use is a shortage", async () => {
    const { kubernetesHost: _said, ...flags } = await elsewhere();
    expect(lackLines(await look(flags, wiring))).toContainEqual(
      expect.stringMatching(/reaches the API server at .*127\.0\.0\.1.*Vault cannot/),
    );
  });
});

describe("what it costs", () => {
  /** Requests to Kubernetes and Vault that only a preflight sends. */
  async function extra(work: () => Promise<unknown>): Promise<string[]> {
    const mark = scene.line.journal.length;
    await work();
    return scene.line.asked(mark).map(({ method, path }) => `${method} ${path.split("?")[0]}`);
  }

  test("who may do everything is asked one access review", async () => {
    const sent = await extra(() => look());
    expect(sent.filter((request) => request.includes("accessreviews")).length).toBe(1);
    expect(sent.length).toBeLessThan(60);
  });

  test("where everything is done already, nothing is asked for it but what the proofs need", async () => {
    ended(await run(scene, { spec: await scene.spec(), ids: order }));
    const found = await look();
    expect([found.kube, found.vault, found.shortages, found.exit]).toEqual([[], [], [], 0]);
    const rendered = scene.helm.calls.length;
    await look();
    expect(scene.helm.calls.slice(rendered).filter(([verb]) => verb === "template")).toEqual([]);
  });
});
