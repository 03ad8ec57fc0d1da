import type { LabState } from "../api.ts";
import { inLab, kubectlJson } from "./product.ts";
import { keptToken, vaultAs, vaultCli, vaultRead } from "./vault.ts";

type Json = unknown;

const objectsOf = (cluster: string): readonly (readonly string[])[] => [
  ["namespace", "vault"],
  ["namespace", "external-secrets"],
  ["namespace", "vault-k8s"],
  ["secret", "vault-tls", "-n", "vault"],
  ["secret", "vault-tls-ca", "-n", "vault"],
  ["statefulset", "vault", "-n", "vault"],
  ["service", "vault", "-n", "vault"],
  ["service", "vault-active", "-n", "vault"],
  ["service", "vault-ui", "-n", "vault"],
  ["configmap", "vault-config", "-n", "vault"],
  ["deployment", "external-secrets", "-n", "external-secrets"],
  ["deployment", "external-secrets-webhook", "-n", "external-secrets"],
  ["serviceaccount", "external-secrets", "-n", "external-secrets"],
  ["serviceaccount", "vault-reviewer", "-n", "vault-k8s"],
  ["secret", "vault-reviewer-token", "-n", "vault-k8s"],
  ["clusterrolebinding", `vault-k8s-k8s-${cluster}-auth-delegator`],
  ["clustersecretstore", "vault"],
  ["externalsecret", "demo", "-n", "default"],
];
const vaultPathsOf = (cluster: string): readonly string[] => [
  `auth/k8s-${cluster}/config`,
  `auth/k8s-${cluster}/role/external-secrets`,
  `sys/policies/acl/k8s-${cluster}-read`,
  "sys/policies/acl/vault-k8s-admin",
  "kv/config",
];

/** Everything that a run makes, by name, without what is of one lab or cluster only (ids, times, addresses, keys, the cluster's name). */
export async function wiredState(lab: LabState, context: string): Promise<Record<string, Json>> {
  const uid = (await kubectlJson<{ metadata: { uid: string } }>(lab, context, ["get", "namespace", "kube-system"])).metadata.uid;
  const state: Record<string, Json> = {};
  for (const object of objectsOf(context)) state[object.join(" ")] = await kubectlJson(lab, context, ["get", ...object]);
  for (const path of vaultPathsOf(context)) state[path] = await vaultRead(lab, context, path);
  state["sys/auth"] = await listMounts(lab, context, "auth");
  state["sys/mounts"] = await listMounts(lab, context, "secrets");
  state["token that took over"] = await successor(lab, context);
  state["policies"] = ourPolicies((await vaultCli(lab, context, ["policy", "list"])).stdout, context);
  state["objects of ours"] = await ourObjects(lab, context);
  state["helm"] = await helmReleases(lab, context);
  const entries = Object.entries(state).map(
    ([name, value]) => [name.replaceAll(context, "<name>"), ofAnyLab(value, uid, context)] as const,
  );
  return Object.fromEntries(entries);
}

/** Another cluster may be wired to the same Vault. */
const ourPolicies = (list: string, cluster: string): string[] =>
  list.split("\n").filter((name) => name !== "" && (!name.startsWith("k8s-") || name === `k8s-${cluster}-read`));

const kindsOfOurs =
  "namespaces,serviceaccounts,secrets,configmaps,services,clusterrolebindings,clusterroles,clustersecretstores,secretstores,externalsecrets";

/** Whatever carries our label, so that nothing is there that only one of two ways makes. */
async function ourObjects(lab: LabState, context: string): Promise<string[]> {
  const { items } = await kubectlJson<{ items: { kind: string; metadata: { namespace?: string; name: string } }[] }>(lab, context, [
    "get",
    kindsOfOurs,
    "-A",
    "-l",
    // A Secret that the operator made copies the labels of its ExternalSecret.
    "app.kubernetes.io/managed-by=vault-k8s,!reconcile.external-secrets.io/created-by",
  ]);
  // Each helm upgrade adds a record.
  const lasting = items.filter(({ metadata }) => !metadata.name.startsWith("sh.helm.release."));
  return lasting.map(({ kind, metadata: { namespace = "", name } }) => `${kind} ${namespace}/${name}`).sort();
}

async function successor(lab: LabState, cluster: string): Promise<Json> {
  if ((await keptToken(lab, cluster)) === undefined) return undefined;
  const { stdout } = await vaultAs(lab, cluster, (await keptToken(lab, cluster)) ?? "", ["token", "lookup", "-format=json"]);
  const { data } = JSON.parse(stdout) as { data: Record<string, Json> };
  const { display_name, explicit_max_ttl, orphan, path, period, policies, renewable, type } = data;
  return { display_name, explicit_max_ttl, orphan, path, period, policies, renewable, type };
}

async function listMounts(lab: LabState, cluster: string, what: string): Promise<Json> {
  const { stdout } = await vaultCli(lab, cluster, [what, "list", "-format=json"]);
  // Another cluster may be wired to the same Vault.
  const ours = (path: string): boolean => !path.startsWith("k8s-") || path === `k8s-${cluster}/`;
  return Object.fromEntries(
    Object.entries(JSON.parse(stdout) as Record<string, { type: string; description: string; options: Json }>)
      .filter(([path]) => ours(path))
      .map(([path, { type, description, options }]) => [path, { type, description, options }]),
  );
}

async function helmReleases(lab: LabState, context: string): Promise<Json> {
  const { stdout } = await inLab(lab, ["helm", "list", "-A", "-o", "json", "--kube-context", context]);
  const releases = JSON.parse(stdout) as { name: string; namespace: string; chart: string; status: string }[];
  return releases
    .map(({ name, namespace, chart, status }) => ({ name, namespace, chart, status }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

const ofOneLab = new Set([
  "uid",
  "resourceVersion",
  "creationTimestamp",
  "managedFields",
  "generation",
  "status",
  "clusterIP",
  "clusterIPs",
  "nodePort",
  "healthCheckNodePort",
  "token",
  "tls.crt",
  "tls.key",
  "ca.crt",
  "kubernetes_ca_cert",
  "vault-k8s.io/configured",
  "kubernetes.io/service-account.uid",
  "token_reviewer_jwt",
  "caBundle",
  "finalizers",
]);

// Helm 4 applies on the server and Helm 3 from the client; both give the same objects but for empty fields.
function ofAnyLab(value: Json, uid: string, name: string): Json {
  if (typeof value === "string")
    return value
      .replaceAll(uid, "<cluster>")
      .replaceAll(name, "<name>")
      .replace(/10\.\d+\.\d+\.\d+/g, "<address>");
  if (Array.isArray(value)) return value.map((item) => ofAnyLab(item, uid, name));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key, inner]) => !ofOneLab.has(key) && inner !== null && !isHelmsOwnName(key, value));
  return Object.fromEntries(entries.map(([key, inner]) => [key.replaceAll(name, "<name>"), ofAnyLab(inner, uid, name)]));
}

/** Helm 4 labels the namespace that it installs into with its name; Helm 3 does not. */
const isHelmsOwnName = (key: string, labels: object): boolean => key === "name" && "kubernetes.io/metadata.name" in labels;
