import { CliError } from "../core/errors.ts";
import { kinds } from "../errors.ts";
import type { AppRemoval } from "../systems/removal.ts";
import type { KubeObject, Readers } from "../systems/world.ts";
import { groupOf } from "./object-ref.ts";

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural?: string;
}

const builtIn: readonly Kind[] = [
  ...["Pod", "PersistentVolumeClaim", "Secret", "ConfigMap", "Service", "ServiceAccount"].map((kind) => ({ apiVersion: "v1", kind })),
  ...["StatefulSet", "Deployment", "DaemonSet", "ReplicaSet"].map((kind) => ({ apiVersion: "apps/v1", kind })),
  ...["Job", "CronJob"].map((kind) => ({ apiVersion: "batch/v1", kind })),
  ...["Role", "RoleBinding"].map((kind) => ({ apiVersion: "rbac.authorization.k8s.io/v1", kind })),
  { apiVersion: "networking.k8s.io/v1", kind: "Ingress" },
];

/** What is in a namespace, and the kinds that were asked for. */
interface Content {
  readonly objects: readonly KubeObject[];
  readonly kinds: readonly Kind[];
}

/**
 * Why a namespace has to stay: what is in it and is not taken away by one of `removals`. What has an owner goes with that owner, where
 * the owner goes. Undefined where nothing is in the way; where something cannot be listed, that is the reason.
 */
export async function whyKept(read: Readers, namespace: string, removals: readonly AppRemoval[]): Promise<string | undefined> {
  try {
    const first = await contentOf(read, namespace, builtIn);
    const unowned = { ...first, objects: first.objects.filter((object) => ownersOf(object).length === 0) };
    const reason = await reasonFor(read, unowned, removals);
    if (reason !== undefined) return reason;
    // Custom resources are of many kinds: they are listed only where nothing else keeps the namespace.
    const custom = await contentOf(read, namespace, await customKinds(read));
    return await reasonFor(read, { objects: [...first.objects, ...custom.objects], kinds: [...first.kinds, ...custom.kinds] }, removals);
  } catch (error) {
    if (!(error instanceof CliError) || error.kind !== kinds.kubeForbidden) throw error;
    return `what is in it cannot be known: ${error.message}`;
  }
}

async function contentOf({ kube }: Readers, namespace: string, all: readonly Kind[]): Promise<Content> {
  const lists = await Promise.all(all.map(({ apiVersion, kind, plural }) => kube.list({ apiVersion, kind, plural, namespace })));
  return { objects: lists.flat(), kinds: all };
}

interface Definition {
  readonly group: string;
  readonly scope: string;
  readonly names: { readonly kind: string; readonly plural: string };
  readonly versions: readonly { readonly name: string; readonly served: boolean }[];
}

async function customKinds({ kube }: Readers): Promise<Kind[]> {
  const definitions = await kube.list({ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" });
  return definitions.flatMap(({ spec }) => {
    const { group, scope, names, versions } = spec as Definition;
    const version = versions.find(({ served }) => served)?.name;
    return scope === "Namespaced" && version !== undefined ? [{ apiVersion: `${group}/${version}`, ...names }] : [];
  });
}

async function reasonFor(read: Readers, content: Content, removals: readonly AppRemoval[]): Promise<string | undefined> {
  const left = content.objects.filter((object) => !everywhere(object) && !goes(object, content, removals));
  if (left.length > 0) {
    const names = left.slice(0, 3).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    return `it holds ${names.join(", ")}${left.length > 3 ? ", …" : ""}`;
  }
  const taking = removals.filter(({ takes }) => content.objects.some((object) => takes?.(object)));
  const states = await Promise.all(taking.map(({ look }) => look(read)));
  return states.some(({ kind }) => kind === "stays") ? "what is in it stays" : undefined;
}

/** What Kubernetes, or a mesh, puts into every namespace. */
const everywhere = ({ kind, metadata: { name } }: KubeObject): boolean =>
  (kind === "ServiceAccount" && name === "default") ||
  (kind === "ConfigMap" && /^(kube-root-ca|openshift-service-ca)\.crt$|^istio-ca-root-cert$/.test(name));

const ownersOf = ({ metadata: { ownerReferences = [] } }: KubeObject) => ownerReferences;

/** Whether something goes: by itself, or with all of its owners. A volume goes with none: what it stores is worth more than its owner. */
function goes(object: KubeObject, content: Content, removals: readonly AppRemoval[]): boolean {
  const removal = takenBy(object, removals);
  if (removal !== undefined) return true;
  if (object.kind === "PersistentVolumeClaim" || ownersOf(object).length === 0) return false;
  return ownersOf(object).every((reference) => {
    const owner = content.objects.find(({ metadata }) => metadata.uid === reference.uid);
    // An owner that is not there, and would have been listed: Kubernetes is about to take away what it owned.
    if (owner === undefined) return content.kinds.some((kind) => isOfKind(reference, kind));
    return takenBy(owner, removals)?.orphans !== true && goes(owner, content, removals);
  });
}

const takenBy = (object: KubeObject, removals: readonly AppRemoval[]): AppRemoval | undefined =>
  removals.find(({ takes }) => takes?.(object));

const isOfKind = ({ apiVersion = "", kind }: Partial<Kind>, listed: Kind): boolean =>
  kind === listed.kind && groupOf(apiVersion) === groupOf(listed.apiVersion);
