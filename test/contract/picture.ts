import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { FakeKube } from "../fakes/kube/kube.ts";
import type { FakeVault } from "../fakes/vault/vault.ts";
import type { Storage } from "../fakes/vault/storage.ts";
import { asObject, type JsonObject } from "../fakes/wire/json.ts";
import type { Scene } from "./scene.ts";

/** What is stored everywhere, without what differs from one making to the next: ids, times, tokens. Two of them can be compared. */
export async function picture(scene: Scene): Promise<unknown> {
  await Promise.all([scene.prod.settled(), scene.staging.settled()]);
  return {
    prod: cluster(scene.prod),
    staging: cluster(scene.staging),
    vault: vault(scene.vault),
    files: (await readdir(join(scene.folder, "home"), { recursive: true })).sort(),
  };
}

const varies = new Set([
  "uid",
  "resourceVersion",
  "creationTimestamp",
  "managedFields",
  "lastTransitionTime",
  "refreshTime",
  "time",
  "startedAt",
  "kubernetes.io/service-account.uid",
  "vault-k8s.io/configured",
  "generation",
]);

const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, inner: unknown) => (varies.has(key) ? undefined : inner)));

const kinds = [
  "namespaces",
  "serviceaccounts",
  "services",
  "pods",
  "statefulsets.apps",
  "deployments.apps",
  "clusterrolebindings.rbac.authorization.k8s.io",
  "customresourcedefinitions.apiextensions.k8s.io",
  "clustersecretstores.external-secrets.io",
  "secretstores.external-secrets.io",
  "externalsecrets.external-secrets.io",
  "externalsecrets.kubernetes-client.io",
];

function cluster({ objects }: FakeKube): unknown {
  return plain({
    ...Object.fromEntries(kinds.map((kind) => [kind, sorted(objects.list(kind))])),
    secrets: sorted(objects.list("secrets")).map(withoutToken),
  });
}

const sorted = (objects: readonly JsonObject[]): JsonObject[] => [...objects].sort((one, other) => key(one).localeCompare(key(other)));
const key = (object: JsonObject): string =>
  `${String(asObject(object["metadata"])["namespace"])}/${String(asObject(object["metadata"])["name"])}`;

/** A token is made anew with each account; a release's number tells how often helm was called. */
function withoutToken(secret: JsonObject): JsonObject {
  if (secret["type"] === "kubernetes.io/service-account-token") return { ...secret, data: Object.keys(asObject(secret["data"])) };
  return secret["type"] === "helm.sh/release.v1"
    ? { type: secret["type"], status: asObject(asObject(secret["metadata"])["labels"])["status"] ?? null }
    : secret;
}

function vault({ nodes }: FakeVault): unknown {
  const storages = [...new Set(nodes.flatMap(({ storage }) => storage ?? []))];
  return {
    nodes: nodes.map(({ name, sealed, storage }) => ({ name, sealed, storage: storage === undefined ? -1 : storages.indexOf(storage) })),
    storages: storages.map(stored),
  };
}

function stored({ auth, mounts, policies, shares, threshold }: Storage): unknown {
  return plain({
    shares: shares.length,
    threshold,
    policies: [...policies].map(([name, { text }]) => [name, text.replaceAll(/[0-9a-f-]{36}/g, "UID")]),
    auth: [...auth].map(([path, mount]) => [
      path,
      mount.type,
      mount.description.replaceAll(/[0-9a-f-]{36}/g, "UID"),
      { ...mount.kubernetes, token_reviewer_jwt: mount.kubernetes?.["token_reviewer_jwt"] !== undefined },
      [...mount.roles],
    ]),
    mounts: [...mounts].map(([path, mount]) => [path, mount.type, mount.options, [...mount.secrets.keys()]]),
  });
}
