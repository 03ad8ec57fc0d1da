import { at, list, number, text } from "../../core/values.ts";
import { ifSeen } from "../allowed.ts";
import { isControlledBy } from "../vault-pods.ts";
import { clean } from "../words.ts";
import type { KubeObject } from "../world.ts";
import { complaintsOf, type Lister } from "./events.ts";
import { standstillsOf, titleOf, type Standstill } from "./pod.ts";

/** More pods than this are not looked at: they mostly wait for the same. */
const mostPods = 3;

/**
 * Why pods are not made, or do not run: one answer for Vault, operators and pods that prove something. What the pods and their claims say comes
 * before what their controllers say.
 * @param makers StatefulSets and ReplicaSets that have not made all their pods
 * @param pods those that do not run
 * @param sinceMs since when it was waited, by the clock of the API server
 */
export async function whyNotUp(
  kube: Lister,
  { makers, pods }: { readonly makers: readonly KubeObject[]; readonly pods: readonly KubeObject[] },
  sinceMs: number,
): Promise<Standstill[]> {
  const [ofPods, ofMakers] = await Promise.all([
    Promise.all(pods.slice(0, mostPods).map((pod) => whyPod(kube, pod, sinceMs))),
    Promise.all(makers.map((maker) => whyNotMade(kube, maker, sinceMs))),
  ]);
  return once([...ofPods.flat(), ...ofMakers.flat()]);
}

/** The same said twice, as by a pod and by its event, stands once. */
const once = (all: readonly Standstill[]): Standstill[] =>
  all.filter(({ words }, index) => words !== "" && !all.slice(0, index).some((earlier) => earlier.words.includes(words)));

/** Why one pod does not run: its status, its events, and its claims that are not bound. */
export async function whyPod(kube: Lister, pod: KubeObject, sinceMs: number): Promise<Standstill[]> {
  const [events, claims] = await Promise.all([complaintsOf(kube, pod, sinceMs), whyUnbound(kube, pod, sinceMs)]);
  return once([...standstillsOf(pod), ...claims, ...events]);
}

async function whyUnbound(kube: Lister, pod: KubeObject, sinceMs: number): Promise<Standstill[]> {
  const { namespace } = pod.metadata;
  const names = list(at(pod["spec"], "volumes")).flatMap((one) => text(at(one, "persistentVolumeClaim", "claimName")) ?? []);
  if (names.length === 0 || at(pod["status"], "phase") === "Running") return [];
  const claims = await ifSeen(
    () => kube.list({ apiVersion: "v1", kind: "PersistentVolumeClaim", namespace }),
    () => [],
  );
  const pending = claims.filter((claim) => names.includes(claim.metadata.name) && at(claim["status"], "phase") === "Pending");
  return (await Promise.all(pending.map((claim) => complaintsOf(kube, claim, sinceMs))))
    .flat()
    .map((one) => ({ ...one, words: `${one.about} is not bound: ${one.words}` }));
}

/** A ReplicaSet also says it in its status: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/replica-set-v1/ */
async function whyNotMade(kube: Lister, maker: KubeObject, sinceMs: number): Promise<Standstill[]> {
  const failure = list(at(maker["status"], "conditions")).find(
    (one) => at(one, "type") === "ReplicaFailure" && at(one, "status") === "True",
  );
  const events = await complaintsOf(kube, maker, sinceMs);
  const words = clean(text(at(failure, "message")) ?? "");
  return [
    ...events,
    ...(events.length > 0 || words === "" ? [] : [{ about: titleOf(maker), words, final: /is forbidden: |denied/.test(words) }]),
  ];
}

/**
 * Of Deployments: their ReplicaSets that have not made all pods, and their pods that are not ready.
 * @param isMeant which of those that bear the labels
 */
export async function standingOf(
  kube: Lister,
  isMeant: (deployment: KubeObject) => boolean,
  { namespace, labelSelector }: { readonly namespace: string; readonly labelSelector: string },
): Promise<Parameters<typeof whyNotUp>[1]> {
  const seen = (apiVersion: string, kind: string) =>
    ifSeen(
      () => kube.list({ apiVersion, kind, namespace, labelSelector }),
      () => [],
    );
  const [found, sets, all] = await Promise.all([seen("apps/v1", "Deployment"), seen("apps/v1", "ReplicaSet"), seen("v1", "Pod")]);
  const deployments = found.filter(isMeant);
  const wanted = sets.filter(
    (set) => deployments.some((one) => isControlledBy(set, one)) && (number(at(set["spec"], "replicas")) ?? 1) > 0,
  );
  const makers = wanted.filter((set) => (number(at(set["status"], "replicas")) ?? 0) < (number(at(set["spec"], "replicas")) ?? 1));
  const pods = all.filter((pod) => wanted.some((set) => isControlledBy(pod, set)) && !isReady(pod));
  return { makers, pods };
}

const isReady = (pod: KubeObject): boolean =>
  list(at(pod["status"], "conditions")).some((one) => at(one, "type") === "Ready" && at(one, "status") === "True");
