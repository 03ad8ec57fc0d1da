import type { KubeObject, KubeReader } from "../world.ts";
import { isControlledBy } from "../vault-pods.ts";
import { schemeIn, type Scheme } from "./pod-facts.ts";

/**
 * How a pod of a StatefulSet is spoken with: with http only where the set's template says so, or where the pod is one that an earlier template
 * made, before the set went over to https. What a pod says of itself is not believed.
 * @param secureByDefault whether https is meant where nothing says it.
 */
export async function schemeOf(kube: KubeReader, set: KubeObject, pod: KubeObject, secureByDefault: boolean): Promise<Scheme> {
  const wanted = schemeOfSet(set, secureByDefault);
  const said = schemeIn(pod["spec"], secureByDefault);
  if (said === "https" || wanted === "http") return said;
  return (await isOfPlainTimes(kube, set, pod, secureByDefault)) ? "http" : "https";
}

/** How the pods speak that a StatefulSet makes now. */
export const schemeOfSet = (set: KubeObject, secureByDefault: boolean): Scheme => schemeIn(templateIn(set), secureByDefault);

const templateIn = (holder: unknown): unknown =>
  ((holder ?? {}) as { readonly spec?: { readonly template?: { readonly spec?: unknown } } }).spec?.template?.spec;

/**
 * The pod bears the revision of a template of this set that spoke http, and was made before the set's newest revision. A set keeps its templates
 * as ControllerRevisions: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/controller-revision-v1/
 */
async function isOfPlainTimes(kube: KubeReader, set: KubeObject, pod: KubeObject, secureByDefault: boolean): Promise<boolean> {
  const { updateRevision } = (set["status"] ?? {}) as { readonly updateRevision?: string };
  const [its, newest] = await Promise.all([
    revision(kube, set, pod.metadata.labels?.["controller-revision-hash"]),
    revision(kube, set, updateRevision),
  ]);
  if (its === undefined || newest === undefined || schemeIn(templateIn(its["data"]), secureByDefault) === "https") return false;
  // The controller has not seen the new template yet.
  if (its.metadata.name === newest.metadata.name) return true;
  return Date.parse(pod.metadata.creationTimestamp ?? "") <= newestSince(newest);
}

async function revision(kube: KubeReader, set: KubeObject, name: string | undefined): Promise<KubeObject | undefined> {
  if (name === undefined) return undefined;
  const found = await kube.get({ apiVersion: "apps/v1", kind: "ControllerRevision", namespace: set.metadata.namespace, name });
  return found !== undefined && isControlledBy(found, set) ? found : undefined;
}

/** A template that comes back is the newest again under its old name, which its managed fields tell. */
const newestSince = ({ metadata: { creationTimestamp, managedFields = [] } }: KubeObject): number =>
  Math.max(
    ...[creationTimestamp, ...managedFields.map(({ time }) => time)]
      .map((time) => Date.parse(time ?? ""))
      .filter((ms) => !Number.isNaN(ms)),
  );
