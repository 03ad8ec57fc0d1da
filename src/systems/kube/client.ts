import pLimit from "p-limit";
import type { Plain } from "../../core/compare.ts";
import type { HttpAnswer } from "../http/http.ts";
import { clean } from "../words.ts";
import type { KubeObject, KubeWriter, ObjectRef, ServerFacts } from "../world.ts";
import { canI, mayAccount, reallyMay, whoAmI } from "./access.ts";
import { create, removeExactly, replace } from "./exact-writes.ts";
import { execInPod } from "./exec.ts";
import { objectPath, resourceName } from "./kinds.ts";
import { refused, type KubeAct } from "./failures.ts";
import { listObjects } from "./list.ts";
import { objectIn } from "./object-in.ts";
import { podLog } from "./pod-log.ts";
import { runPod } from "./pod-run.ts";
import { changedByHand, kindIsNotServed } from "./status.ts";
import { wouldRefuse } from "./trial.ts";
import { untilObject } from "./until.ts";
import type { KubeWire } from "./wire.ts";

const manager = "vault-k8s";

/** Requests to an API server at a time, each on a connection of its own. */
const atOnce = 12;

/** The Kubernetes API in terms of objects, over a wire to one API server. */
export function kubeClient(wire: KubeWire): KubeWriter {
  const limit = pLimit(atOnce);
  return {
    context: wire.context,
    server: wire.server,
    get: (ref) => limit(() => get(wire, ref)),
    until: (ref, good, withinMs) => untilObject(wire, ref, { get: () => limit(() => get(wire, ref)), good, withinMs }),
    list: (what) => limit(() => listObjects(wire, what)),
    apis: () => limit(() => apis(wire)),
    clusterUid: () => limit(() => clusterUid(wire)),
    serviceAccountToken: (account, audiences, seconds, boundTo) =>
      limit(() => serviceAccountToken(wire, account, { audiences: [...audiences], expirationSeconds: seconds, boundObjectRef: boundTo })),
    canI: (question) => limit(() => canI(wire, question)),
    mayAccount: (account, question) => limit(() => mayAccount(wire, account, question)),
    reallyMay: (question) => limit(() => reallyMay(wire, question)),
    wouldRefuse: (object) => limit(() => wouldRefuse(wire, object)),
    whoAmI: () => limit(() => whoAmI(wire)),
    podLog: (of) => limit(() => podLog(wire, of)),
    serverFacts: () => limit(() => serverFacts(wire)),
    runPod: (pod, withinMs) => wire.whole(() => runPod(wire, pod, withinMs)),
    apply: (object) => limit(() => apply(wire, object, {})),
    dryRun: async (object) => void (await limit(() => apply(wire, object, { dryRun: true }))),
    patch: (ref, patch) => limit(() => merge(wire, ref, patch)),
    create: (object) => limit(() => create(wire, object)),
    replace: (object) => limit(() => replace(wire, object)),
    removeExactly: (object) => limit(() => removeExactly(wire, object)),
    remove: (ref, { orphan = false } = {}) => limit(() => remove(wire, ref, orphan)),
    exec: (target, command) => limit(async () => execInPod((await wire.connection()).config, target, command)),
  };
}

async function get(wire: KubeWire, ref: ObjectRef): Promise<KubeObject | undefined> {
  const act = actOn("get", ref);
  const answer = await wire.send(act, { method: "GET", path: objectPath(ref) });
  if (answer.status === 404 && !kindIsNotServed(answer)) return undefined;
  return objectIn(wire, act, ref, answer);
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/ "API discovery" */
async function apis(wire: KubeWire): Promise<string[]> {
  const act = { verb: "get", resource: "/apis" };
  const answer = wire.object(act, await wire.send(act, { method: "GET", path: "/apis" }));
  const { groups = [] } = answer as unknown as { groups?: { versions?: { groupVersion: string }[] }[] };
  return ["v1", ...groups.flatMap(({ versions = [] }) => versions.map(({ groupVersion }) => groupVersion))];
}

async function clusterUid(wire: KubeWire): Promise<string> {
  const found = await get(wire, { apiVersion: "v1", kind: "Namespace", name: "kube-system" });
  return found?.metadata.uid ?? "";
}

/** https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/ */
async function serviceAccountToken(
  wire: KubeWire,
  { namespace, name }: { namespace: string; name: string },
  spec: object,
): Promise<string> {
  const act = { verb: "create", resource: "serviceaccounts/token", name, namespace };
  const path = `${objectPath({ apiVersion: "v1", kind: "ServiceAccount", name, namespace })}/token`;
  const answer = await wire.send(act, {
    method: "POST",
    path,
    body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec },
  });
  const { status } = wire.object(act, answer) as unknown as { status?: { token?: string } };
  if (typeof status?.token !== "string") throw refused(act, wire, answer);
  return status.token;
}

/** The Date header is in whole seconds: half of one is added, and half of the way. */
async function serverFacts(wire: KubeWire): Promise<ServerFacts> {
  const act = { verb: "get", resource: "version" };
  const sentAt = Date.now();
  const answer = await wire.send(act, { method: "GET", path: "/version" });
  const { gitVersion } = wire.object(act, answer) as unknown as { gitVersion?: string };
  const date = Date.parse(answer.headers["date"] ?? "");
  return {
    version: typeof gitVersion === "string" ? clean(gitVersion) : "",
    clockAheadMs: Number.isNaN(date) ? undefined : date + 500 - (sentAt + Date.now()) / 2,
  };
}

/**
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/. Fields that a hand changed with kubectl are taken back;
 * those that another tool applies are not.
 */
async function apply(wire: KubeWire, object: KubeObject, { dryRun = false }): Promise<KubeObject> {
  const ref = { ...object, name: object.metadata.name, namespace: object.metadata.namespace };
  const act = { ...actOn("patch", ref), sent: object };
  const send = (force?: "true"): Promise<HttpAnswer> =>
    wire.send(act, {
      method: "PATCH",
      path: objectPath(ref),
      query: { fieldManager: manager, dryRun: dryRun ? "All" : undefined, force },
      body: object,
      type: "application/apply-patch+yaml",
      atOnce: dryRun,
    });
  const answer = await send();
  return objectIn(wire, act, ref, changedByHand(answer) ? await send("true") : answer);
}

async function merge(wire: KubeWire, ref: ObjectRef, patch: Plain): Promise<KubeObject> {
  const act = { ...actOn("patch", ref), sent: patch };
  const answer = await wire.send(act, {
    method: "PATCH",
    path: objectPath(ref),
    query: { fieldManager: manager },
    body: patch,
    type: "application/merge-patch+json",
  });
  return objectIn(wire, act, ref, answer);
}

/** https://kubernetes.io/docs/concepts/architecture/garbage-collection/ "Orphaned dependents" */
async function remove(wire: KubeWire, ref: ObjectRef, orphan: boolean): Promise<void> {
  const act = actOn("delete", ref);
  const query = orphan ? { propagationPolicy: "Orphan" } : {};
  const answer = await wire.send(act, { method: "DELETE", path: objectPath(ref), query });
  if (answer.status !== 404) wire.object(act, answer);
}

const actOn = (verb: string, ref: ObjectRef): KubeAct => ({
  verb,
  resource: resourceName(ref.apiVersion, ref.kind),
  name: ref.name,
  namespace: ref.namespace,
});
