import { CliError } from "../../core/errors.ts";
import { kinds } from "../../errors.ts";
import type { KubeObject, KubeReader, Readers } from "../../systems/world.ts";
import { isRecord } from "../../core/compare.ts";
import { readyCondition } from "../../consumers/store-ready.ts";
import { esoApiVersion } from "../../consumers/eso/version.ts";
import { owner } from "../../kubernetes/ownership.ts";
import { crdFor } from "../../consumers/operator-ready.ts";
import type { AccountFact, Asked } from "../../consumers/diagnosis/evidence.ts";
import type { LoginPlan } from "../../consumers/diagnosis/login-plan.ts";
import type {
  Condition,
  DeploymentFact,
  EventFact,
  ExternalFact,
  OperatorPodFact,
  StoreFact,
} from "../../consumers/diagnosis/operator-facts.ts";

type Json = { readonly [key: string]: unknown };
const at = (value: unknown, ...keys: readonly string[]): unknown =>
  keys.reduce<unknown>((inner, key) => (isRecord(inner) ? (inner as Json)[key] : undefined), value);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const created = ({ metadata }: KubeObject): number => Date.parse(text(metadata.creationTimestamp));

/** Whether the cluster serves what the operator brings. */
export const servedFact = async ({ kube }: Readers, { operator }: Asked): Promise<boolean> =>
  (await kube.get(crdFor(operator))) !== undefined;

/** The operator's deployments, whoever installed it; those that carry the account or its chart's name. */
export async function deploymentFacts({ kube }: Readers, { operatorNamespace: namespace }: Asked): Promise<DeploymentFact[]> {
  const found = await kube.list({ apiVersion: "apps/v1", kind: "Deployment", namespace });
  return found
    .filter((one) => /external-secrets/.test(one.metadata.labels?.["app.kubernetes.io/name"] ?? one.metadata.name))
    .map((one) => ({
      name: one.metadata.name,
      wanted: Number(at(one, "spec", "replicas") ?? 1),
      available: Number(at(one, "status", "availableReplicas") ?? 0),
      account: text(at(one, "spec", "template", "spec", "serviceAccountName")),
    }));
}

/** Pods of the operator's namespace that run and are not about to end. */
export async function operatorPodFacts({ kube }: Readers, { operatorNamespace: namespace }: Asked): Promise<OperatorPodFact[]> {
  const found = await kube.list({ apiVersion: "v1", kind: "Pod", namespace });
  return found
    .filter((one) => at(one, "status", "phase") === "Running" && at(one, "metadata", "deletionTimestamp") === undefined)
    .map((one) => ({ account: text(at(one, "spec", "serviceAccountName")), createdMs: created(one) }));
}

/** The account that logs in. */
export async function accountFact({ kube }: Readers, { account }: Asked): Promise<AccountFact | undefined> {
  const found = await kube.get({ apiVersion: "v1", kind: "ServiceAccount", ...account });
  return found && { uid: found.metadata.uid ?? "", createdMs: created(found), ageMs: Date.now() - created(found) };
}

/** The store as it is, with what the operator says of it. */
export async function storeFact(read: Readers, { store }: Asked): Promise<StoreFact | undefined> {
  if (store === undefined) return undefined;
  const found = await read.kube.get({ apiVersion: await esoApiVersion(read), ...store });
  if (found === undefined) return undefined;
  const vault = at(found, "spec", "provider", "vault");
  const said = await eventsOf(read.kube, found);
  return {
    server: text(at(vault, "server")),
    path: text(at(vault, "path")),
    version: text(at(vault, "version")) || "v2",
    vaultNamespace: text(at(vault, "namespace")),
    hasCa: at(vault, "caBundle") !== undefined || at(vault, "caProvider") !== undefined,
    login: loginOf(at(vault, "auth", "kubernetes"), store.namespace),
    foreign: isForeign(found),
    ready: conditionOf(found),
    events: warnings(said),
    heardMs: said[0] && timeOf(said[0]),
  };
}

/** Whether a field manager besides ours owns something of the spec. Kubernetes docs, "Server-Side Apply". */
const isForeign = ({ metadata }: KubeObject): boolean =>
  (metadata.managedFields ?? []).some(({ manager, fieldsV1 }) => manager !== owner && at(fieldsV1, "f:spec") !== undefined);

function loginOf(auth: unknown, namespace: string | undefined): LoginPlan | undefined {
  if (!isRecord(auth)) return undefined;
  const placed = (ref: unknown) => ({ namespace: namespace ?? text(at(ref, "namespace")), name: text(at(ref, "name")) });
  const account = at(auth, "serviceAccountRef");
  const secret = at(auth, "secretRef");
  const audiences = at(account, "audiences");
  return {
    mount: text(at(auth, "mountPath")) || "kubernetes",
    role: text(at(auth, "role")),
    audiences: Array.isArray(audiences) ? audiences.map(String) : [],
    account: account === undefined ? undefined : placed(account),
    // The operator looks at the account first.
    tokenSecret: secret === undefined || account !== undefined ? undefined : { ...placed(secret), key: text(at(secret, "key")) || "token" },
  };
}

/** ExternalSecrets that use the store and those that the settings name; at most as many as a person would look at. */
export async function externalFacts(read: Readers, asked: Asked): Promise<ExternalFact[]> {
  const apiVersion = asked.operator === "eso" ? await esoApiVersion(read) : "kubernetes-client.io/v1";
  const ours = (one: KubeObject) =>
    asked.secrets.some(({ name }) => name === one.metadata.name && one.metadata.namespace === asked.namespace) ||
    (asked.operator === "kes"
      ? at(one, "spec", "vaultMountPoint") === asked.mount
      : at(one, "spec", "secretStoreRef", "name") === asked.store?.name);
  const found = (await listWidely(read.kube, apiVersion, asked.namespace)).filter(ours).slice(0, most);
  return Promise.all(found.map(async (one) => externalFact(one, asked, isReady(one) ? [] : warnings(await eventsOf(read.kube, one)))));
}

const most = 30;
const isReady = (one: KubeObject): boolean => conditionOf(one)?.status === "True";

/** In all namespaces, or where that is refused in the application's. */
async function listWidely(kube: KubeReader, apiVersion: string, namespace: string): Promise<KubeObject[]> {
  try {
    return await kube.list({ apiVersion, kind: "ExternalSecret" });
  } catch (error) {
    if (error instanceof CliError && error.kind === kinds.kubeForbidden)
      return kube.list({ apiVersion, kind: "ExternalSecret", namespace });
    throw error;
  }
}

function externalFact(one: KubeObject, asked: Asked, events: readonly EventFact[]): ExternalFact {
  const ref = at(one, "spec", "secretStoreRef");
  return {
    namespace: one.metadata.namespace ?? "",
    name: one.metadata.name,
    ready: conditionOf(one),
    store: asked.operator === "kes" ? undefined : { kind: text(at(ref, "kind")) || "SecretStore", name: text(at(ref, "name")) },
    keys: asked.operator === "kes" ? kesKeys(one) : esoKeys(one),
    foreign: isForeign(one),
    events,
  };
}

function esoKeys(one: KubeObject): ExternalFact["keys"] {
  const rows = (key: "data" | "dataFrom", inner: string): ExternalFact["keys"] =>
    list(at(one, "spec", key)).flatMap((row) => keyOf(at(row, inner)));
  return [...rows("data", "remoteRef"), ...rows("dataFrom", "extract")];
}

const keyOf = (ref: unknown): ExternalFact["keys"] =>
  text(at(ref, "key")) === "" ? [] : [{ path: text(at(ref, "key")), property: text(at(ref, "property")) || undefined }];
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const kesKeys = (one: KubeObject): ExternalFact["keys"] => [
  ...list(at(one, "spec", "data")).flatMap(keyOf),
  ...list(at(one, "spec", "dataFrom")).map((path) => ({ path: text(path), property: undefined })),
];

/** kes has no conditions: its status is SUCCESS, or ERROR and the words. */
function conditionOf(one: KubeObject): Condition | undefined {
  const ready = readyCondition(one);
  if (ready !== undefined) return { status: ready.status, reason: ready.reason ?? "", message: ready.message ?? "" };
  const said = text(at(one, "status", "status"));
  return said === "" ? undefined : { status: said === "SUCCESS" ? "True" : "False", reason: "", message: said };
}

/** What was said of an object, newest first. Events of objects without a namespace are in "default". */
async function eventsOf(kube: KubeReader, { kind, metadata: { name, namespace } }: KubeObject): Promise<KubeObject[]> {
  const found = await kube
    .list({
      apiVersion: "v1",
      kind: "Event",
      namespace: namespace ?? "default",
      fieldSelector: `involvedObject.kind=${kind},involvedObject.name=${name}`,
    })
    .catch(nothingAllowed);
  return [...found].sort((a, b) => timeOf(b) - timeOf(a));
}

const timeOf = (event: KubeObject): number =>
  Date.parse(text(event["lastTimestamp"]) || text(event["eventTime"]) || text(event.metadata.creationTimestamp));

/** What went wrong since it last was well; `events` with the newest first. */
function warnings(events: readonly KubeObject[]): EventFact[] {
  const well = events.find((event) => event["type"] === "Normal");
  return events
    .filter((event) => event["type"] !== "Normal" && (well === undefined || timeOf(event) >= timeOf(well)))
    .slice(0, 5)
    .map((event) => ({ message: text(event["message"]), ageMs: Date.now() - timeOf(event) }));
}

function nothingAllowed(error: unknown): KubeObject[] {
  if (error instanceof CliError && error.kind !== kinds.interrupted) return [];
  throw error;
}
