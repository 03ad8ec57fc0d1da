import { expect, test } from "vitest";
import type { Resource } from "../../../src/core/resource.ts";
import { helmRelease } from "../../../src/kubernetes/helm/release.ts";
import { owner, ownerLabel } from "../../../src/kubernetes/ownership.ts";
import type { HelmRelease, KubeObject, Readers, Writers } from "../../../src/systems/world.ts";

const job = (name: string, hook: string, image: string): string => `---
apiVersion: batch/v1
kind: Job
metadata:
  name: ${name}
  namespace: vault
  annotations:
    "helm.sh/hook": ${hook}
spec:
  template:
    spec:
      containers: [{ name: x, image: ${image} }]
`;
const config = "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: vault\n  namespace: vault\n";
const release: HelmRelease = {
  name: "vault",
  namespace: "vault",
  revision: 1,
  status: "deployed",
  chart: "vault-0.34.1",
  appVersion: "1.21.0",
  values: {},
  labels: { [ownerLabel]: owner, "vault-k8s.io/inputs": "of-before" },
};

test("a change of a hook alone stands in the plan; a test of the chart does not, and nothing that a hook makes is tried over what is there", async () => {
  const tried: KubeObject[] = [];
  const read = {
    kube: {
      get: () => Promise.resolve({ metadata: { name: "vault" } }),
      wouldRefuse: (object: KubeObject) => Promise.resolve(void tried.push(object)),
    },
    helm: {
      release: () => Promise.resolve(release),
      manifest: () => Promise.resolve(config),
      hooks: () => Promise.resolve(job("migrate", "pre-upgrade", "ours:1") + job("check", "test", "ours:1")),
      render: () => Promise.resolve(config + job("migrate", "pre-upgrade", "theirs:2") + job("check", "test", "theirs:2")),
    },
  } as unknown as Readers;
  const never = () => Promise.reject(new Error("not asked"));
  const resource: Resource<Readers, Writers> = helmRelease({
    namespace: "vault",
    name: "vault",
    chart: { chart: "vault" },
    values: {},
    valuesFiles: [],
    sets: ["job.image=theirs:2"],
    waits: false,
    alsoNeeds: () => [],
    elsewhere: never,
    isUp: never,
    waitUntilUp: never,
    waitCommand: never,
  });
  const diff = await resource.diff(read);
  expect(diff.kind).toBe("update");
  const changes = diff.kind === "update" ? await resource.preview!(read, diff) : [];
  const objects = changes.filter(({ field }) => /^(Job|ConfigMap) /.test(field));
  expect(objects.map(({ field }) => field)).toEqual(["Job vault/migrate"]);
  expect([objects[0]?.before, objects[0]?.after]).toEqual([expect.stringContaining("ours:1"), expect.stringContaining("theirs:2")]);
  expect(tried.map(({ kind }) => kind)).toEqual(["ConfigMap"]);
});
