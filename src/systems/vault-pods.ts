import { failure, kinds } from "../errors.ts";
import type { KubeObject, KubeReader } from "./world.ts";

interface Container {
  readonly name: string;
}

/**
 * Vault's own container, by the name that either chart gives it: others may stand before it, a shipper of logs or the proxy of a mesh. Undefined
 * where there is no container at all.
 */
export function vaultContainer<C extends Container>({
  containers = [],
}: {
  readonly containers?: readonly C[] | undefined;
}): C | undefined {
  return containers.find(({ name }) => name === "vault" || name === "openbao") ?? containers[0];
}

/** What a pod beside Vault's takes over from one of them: the spec of a pod, as far as that. */
export interface VaultPodSpec {
  readonly containers?: readonly {
    readonly name: string;
    readonly image?: string;
    readonly securityContext?: { readonly runAsUser?: number };
  }[];
  readonly securityContext?: { readonly runAsUser?: number };
  readonly imagePullSecrets?: readonly object[];
  readonly tolerations?: readonly object[];
  readonly nodeSelector?: object;
}

/** Where Vault's pods are. */
export interface ReleasePlace {
  readonly namespace: string;
  readonly release: string;
}

/** What stands at the labels of a release of Vault's chart. */
export interface ReleasePods {
  /** Undefined where there is none. */
  readonly set: KubeObject | undefined;
  /** The pods of the StatefulSet: these alone are Vault. */
  readonly pods: readonly KubeObject[];
  /** Pods that have Vault's labels, and are not of its StatefulSet: nothing is asked of them or sent to them. */
  readonly ignored: readonly KubeObject[];
}

/** What either chart calls its objects: HashiCorp's or OpenBao's. */
const ofEitherChart = "app.kubernetes.io/name in (vault,openbao)";

/** Server pods of any release. */
export const anyVaultPodSelector = `${ofEitherChart},component=server`;

/** Objects of a release by their labels. */
export const vaultSelector = (release: string): string => `${ofEitherChart},app.kubernetes.io/instance=${release}`;

/** Its server pods, and their claims. */
export const vaultPodSelector = (release: string): string => `${vaultSelector(release)},component=server`;

/** Names of the pods that a StatefulSet is to have. https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#start-ordinal */
export function podsOfSet({ metadata, spec }: KubeObject): string[] {
  const { replicas = 1, ordinals } = (spec ?? {}) as { readonly replicas?: number; readonly ordinals?: { readonly start?: number } };
  return Array.from({ length: replicas }, (_, index) => `${metadata.name}-${(ordinals?.start ?? 0) + index}`);
}

/**
 * Which pods are Vault. Anybody who may make pods can give one Vault's labels, so a pod counts only where the StatefulSet of the release controls
 * it, and it has one of the names that the set is to have.
 * @throws CliError VK1219 where several StatefulSets say that they are the release's.
 */
export async function releasePods(kube: KubeReader, { namespace, release }: ReleasePlace): Promise<ReleasePods> {
  const [pods, set] = await Promise.all([
    kube.list({ apiVersion: "v1", kind: "Pod", namespace, labelSelector: vaultPodSelector(release) }),
    releaseSet(kube, { namespace, release }),
  ]);
  if (set === undefined) return { set, pods: [], ignored: pods };
  const names = new Set(podsOfSet(set));
  const ofSet = (pod: KubeObject): boolean => isControlledBy(pod, set) && names.has(pod.metadata.name);
  return { set, pods: pods.filter(ofSet), ignored: pods.filter((pod) => !ofSet(pod) && !isTerminating(pod, set)) };
}

/** Whether the controller of a set has seen its newest template: before that its status speaks of an earlier one. */
export function isObserved({ metadata, status }: KubeObject): boolean {
  const { observedGeneration = 0 } = (status ?? {}) as { readonly observedGeneration?: number };
  return observedGeneration >= (metadata.generation ?? 0);
}

/** Those of a set's pods that an earlier template made: a set with updateStrategy OnDelete replaces none by itself. None is known before it is observed. */
export function oldPods({ set, pods }: Pick<ReleasePods, "set" | "pods">): string[] {
  const { updateRevision } = (set?.["status"] ?? {}) as { readonly updateRevision?: string };
  if (set === undefined || updateRevision === undefined || !isObserved(set)) return [];
  return pods
    .filter(({ metadata }) => metadata.labels?.["controller-revision-hash"] !== updateRevision)
    .map(({ metadata }) => metadata.name);
}

/** The StatefulSet of a release. Throws VK1219. */
export async function releaseSet(kube: KubeReader, { namespace, release }: ReleasePlace): Promise<KubeObject | undefined> {
  const labelled = await kube.list({ apiVersion: "apps/v1", kind: "StatefulSet", namespace, labelSelector: vaultSelector(release) });
  const installed = labelled.filter(({ metadata }) => metadata.annotations?.["meta.helm.sh/release-name"] === release);
  const [set, another] = installed.length > 0 ? installed : labelled;
  if (another === undefined) return set;
  throw failure(kinds.strangeSets, {
    what: `Several StatefulSets of namespace ${namespace} say that they are of release ${release}: ${labelled.map(({ metadata }) => metadata.name).join(", ")}`,
    why: "Keys and tokens go to the pods of one. Which one is Vault's cannot be known from here.",
    fix: `Take the label app.kubernetes.io/instance=${release} from those that are not Vault's (kubectl label), or delete them.`,
  });
}

export const isControlledBy = ({ metadata }: KubeObject, owner: KubeObject): boolean =>
  owner.metadata.uid !== undefined &&
  (metadata.ownerReferences ?? []).some(
    ({ controller, uid, kind }) => controller === true && kind === owner.kind && uid === owner.metadata.uid,
  );

/** A pod that its set is about to take away, as after fewer replicas. */
const isTerminating = (pod: KubeObject, set: KubeObject): boolean => isControlledBy(pod, set) && isNumbered(pod.metadata.name, set);

/** Whether a name is one that the set could give a pod, however many it is to have. */
export const isNumbered = (pod: string, set: KubeObject): boolean => pod.replace(/-\d+$/, "") === set.metadata.name;
