import { describe, expect, it } from "vitest";
import { inLab, kubectl, kubectlJson, theLab, vaultK8s } from "../testing/product.ts";
import { vaultCli } from "../testing/vault.ts";

// eks-prod is wired, with a secret `demo`. Afterwards its Vault is there and open, and the rest of the wiring is gone.
const lab = theLab();
const cluster = ["--cluster", "eks-prod"];
const names = { kind: "Database", plural: "databases", singular: "database" };
const group = "databases.example.com";

const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${names.plural}.${group}` },
  spec: {
    group,
    names,
    scope: "Namespaced",
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};

const apply = (...items: object[]): Promise<string> =>
  kubectl(lab, "eks-prod", ["apply", "-f", "-"], { input: JSON.stringify({ apiVersion: "v1", kind: "List", items }) });

/** As operators of databases make it: pod and volume belong to a custom resource. */
async function database(namespace: string): Promise<void> {
  await apply(definition);
  await kubectl(lab, "eks-prod", ["wait", "--for=condition=Established", `crd/${definition.metadata.name}`]);
  const owner = { apiVersion: `${group}/v1`, kind: names.kind, name: "orders" };
  await apply({ apiVersion: owner.apiVersion, kind: owner.kind, metadata: { name: owner.name, namespace } });
  const { metadata } = await kubectlJson<{ metadata: { uid: string } }>(lab, "eks-prod", [
    "get",
    names.plural,
    owner.name,
    "-n",
    namespace,
  ]);
  const owned = { namespace, name: "orders-1", ownerReferences: [{ ...owner, uid: metadata.uid }] };
  const volume = { name: "data", persistentVolumeClaim: { claimName: owned.name } };
  const container = {
    name: "database",
    image: "busybox:1.35",
    command: ["sleep", "3600"],
    volumeMounts: [{ name: "data", mountPath: "/data" }],
  };
  await apply(
    {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: owned,
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: owned,
      spec: { volumes: [volume], containers: [container], terminationGracePeriodSeconds: 0 },
    },
  );
  await kubectl(lab, "eks-prod", ["wait", "--for=condition=Ready", `pod/${owned.name}`, "-n", namespace, "--timeout=60s"]);
}

const scale = (replicas: number): Promise<string> =>
  kubectl(lab, "eks-prod", ["scale", "statefulset/vault", "-n", "vault", `--replicas=${replicas}`]);
const uids = async (...what: string[]): Promise<string[]> =>
  (await kubectlJson<{ items: { metadata: { uid: string; deletionTimestamp?: string } }[] }>(lab, "eks-prod", ["get", ...what])).items.map(
    ({ metadata }) => `${metadata.uid} ${metadata.deletionTimestamp ?? "stays"}`,
  );

/** How often it is torn down; `npm run faults` says 20. */
const teardowns = Array.from({ length: Number(process.env["TEARDOWNS"] ?? 2) }, (_, index) => index + 1);

describe.each(teardowns)(
  "teardown %i of a cluster whose Vault is scaled to zero, and where a database lives in a namespace of ours",
  () => {
    it("takes neither Vault nor its volumes nor the database, whatever it is told to delete", async () => {
      const wired = await vaultK8s(lab, ["bootstrap", ...cluster, "-n", "shop", "--secret", "demo"]);
      expect(wired.exitCode, wired.stderr).toBe(0);
      await database("shop");
      const mine = (): Promise<string[][]> =>
        Promise.all([uids("pod,pvc,databases", "-n", "shop"), uids("pvc", "-n", "vault"), uids("statefulset", "-n", "vault")]);
      await scale(0);
      await kubectl(lab, "eks-prod", ["wait", "--for=delete", "pod", "-l", "component=server", "-n", "vault", "--timeout=90s"]);
      const before = await mine();
      // Pods that went before may have left their volumes too.
      const [shop, volumes, sets] = before.map((each) => each.length);
      expect([shop, sets]).toEqual([3, 1]);
      expect(volumes).toBeGreaterThanOrEqual(3);
      const args = ["teardown", ...cluster, "-n", "shop", "--confirm", "eks-prod", "--delete-data", "--delete-secrets"];
      const { exitCode, stderr } = await vaultK8s(lab, args);
      expect(exitCode, stderr).toBe(0);
      expect(stderr).toMatch(/helm vault\/vault unchanged \(stays: .*cannot be asked who else uses it/);
      expect(stderr).toMatch(/Namespace shop unchanged \(stays: .*(Database|database)/);
      expect(await mine()).toEqual(before);
    }, 300_000);

    it("and Vault opens again with its keys, and has what it had", async () => {
      await scale(3);
      const opened = async (): Promise<string> => {
        const { exitCode, stderr } = await vaultK8s(lab, ["operator", "unseal", ...cluster, "--timeout", "60s"]);
        if (exitCode !== 0) console.log(stderr);
        return exitCode === 0 ? "open" : stderr;
      };
      await expect.poll(opened, { timeout: 260_000, interval: 3000 }).toBe("open");
      const mounts = await vaultCli(lab, "eks-prod", ["auth", "list", "-format=json"]);
      expect(Object.keys(JSON.parse(mounts.stdout) as object)).toContain("k8s-eks-prod/");
      expect((await inLab(lab, ["kubectl", "--context", "eks-prod", "get", "pod", "orders-1", "-n", "shop"])).exitCode).toBe(0);
    }, 300_000);
  },
);
