import { asList, asObject, asText, asTexts, at, type JsonObject } from "../wire/json.ts";
import type { Cluster } from "./cluster.ts";
import { nameOf, namespaceOf } from "./objects.ts";
import { putSecret } from "./operator-secret.ts";
import { convertedKeys, goText, throughFloats } from "./operator-text.ts";
import { isGoing } from "./orphans.ts";
import { vaultSession, type Session } from "./operator-session.ts";

const group = "external-secrets.io";

/** What External Secrets Operator does: proves stores by a login, and copies secrets. */
export async function settleEso(cluster: Cluster): Promise<void> {
  const { objects } = cluster;
  for (const resource of [`clustersecretstores.${group}`, `secretstores.${group}`]) {
    for (const store of objects.list(resource)) await settleStore(cluster, resource, store);
  }
  for (const external of objects.list(`externalsecrets.${group}`)) await settleSecret(cluster, external);
}

async function settleStore(cluster: Cluster, resource: string, store: JsonObject): Promise<void> {
  const session = await logIn(cluster, store);
  const status =
    session === undefined
      ? { conditions: [ready(false, "InvalidProviderConfig", "unable to validate store")] }
      : { capabilities: "ReadWrite", conditions: [ready(true, "Valid", "store validated")] };
  putStatus(cluster, resource, store, status);
}

const ready = (yes: boolean, reason: string, message: string): JsonObject => ({
  type: "Ready",
  status: yes ? "True" : "False",
  reason,
  message,
  lastTransitionTime: new Date().toISOString(),
});

/** Stores a status unless it says the same as before. */
function putStatus({ objects }: Cluster, resource: string, object: JsonObject, status: JsonObject): void {
  const plain = (value: unknown): string => JSON.stringify(value, (key, inner: unknown) => (key.endsWith("Time") ? undefined : inner));
  const current = objects.get(resource, namespaceOf(object), nameOf(object));
  if (current !== undefined && plain(current["status"]) !== plain(status)) objects.put(resource, { ...current, status });
}

/** A login as the store says it; undefined when it fails for any reason. */
async function logIn(cluster: Cluster, store: JsonObject): Promise<Session | undefined> {
  const vault = asObject(at(store, "spec", "provider", "vault"));
  const auth = asObject(at(vault, "auth", "kubernetes"));
  const ref = asObject(auth["serviceAccountRef"]);
  const account = cluster.objects.get("serviceaccounts", namespaceOf(store) ?? asText(ref["namespace"]), asText(ref["name"]));
  if (account === undefined) return undefined;
  const jwt = cluster.tokens.bound(account, asTexts(ref["audiences"]), 600);
  const server = asText(vault["server"]).replace(/\/$/, "");
  const ca = vault["caBundle"] === undefined ? undefined : Buffer.from(asText(vault["caBundle"]), "base64").toString();
  return vaultSession(cluster, { server, ca, mount: asText(auth["mountPath"]), role: asText(auth["role"]), jwt });
}

async function settleSecret(cluster: Cluster, external: JsonObject): Promise<void> {
  const { objects } = cluster;
  if (isGoing(external)) return leave(cluster, external);
  const ref = asObject(at(external, "spec", "secretStoreRef"));
  const isCluster = ref["kind"] === "ClusterSecretStore";
  const store = objects.get(
    `${isCluster ? "clustersecretstores" : "secretstores"}.${group}`,
    isCluster ? undefined : namespaceOf(external),
    asText(ref["name"]),
  );
  const session = store === undefined || !allows(store, external) ? undefined : await logIn(cluster, store);
  const values =
    session === undefined
      ? undefined
      : await valuesOf(session, asText(at(store, "spec", "provider", "vault", "path")), asObject(external["spec"]));
  const name = asText(at(external, "spec", "target", "name")) || nameOf(external);
  const written = values !== undefined && putSecret(cluster, external, { name, values, text: goText });
  const condition = !written
    ? ready(false, "SecretSyncedError", "could not get secret data from provider")
    : ready(true, "SecretSynced", "secret synced");
  putStatus(cluster, `externalsecrets.${group}`, external, { conditions: [condition], refreshTime: new Date().toISOString() });
}

/**
 * Whether a store may be used from a namespace, https://external-secrets.io/latest/api/clustersecretstore/: any condition that holds is enough.
 * Only `namespaces` are played.
 */
function allows(store: JsonObject, external: JsonObject): boolean {
  const conditions = asList(at(store, "spec", "conditions"));
  return conditions.length === 0 || conditions.some((one) => asTexts(at(one, "namespaces")).includes(namespaceOf(external) ?? ""));
}

/** One that is being deleted is not synced any more; its policy says what becomes of the Secret. */
function leave({ objects }: Cluster, external: JsonObject): void {
  const target = asObject(at(external, "spec", "target"));
  if (target["deletionPolicy"] === "Delete") objects.remove("secrets", namespaceOf(external), asText(target["name"]) || nameOf(external));
}

async function valuesOf(session: Session, mount: string, spec: JsonObject): Promise<JsonObject | undefined> {
  const values: JsonObject = {};
  for (const item of asList(spec["dataFrom"])) {
    const all = await session.read(`${mount}/data/${asText(at(item, "extract", "key"))}`);
    const converted = all === undefined ? undefined : convertedKeys(throughFloats(all));
    if (converted === undefined) return undefined;
    Object.assign(values, converted);
  }
  for (const item of asList(spec["data"])) {
    const value = (await session.read(`${mount}/data/${asText(at(item, "remoteRef", "key"))}`))?.[
      asText(at(item, "remoteRef", "property"))
    ];
    if (value === undefined) return undefined;
    values[asText(at(item, "secretKey"))] = value;
  }
  return values;
}
