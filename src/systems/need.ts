import type { KubeObject, ObjectRef } from "./world.ts";

/** A right in Kubernetes. `wired` is the cluster that is wired, `vaults` the one in which Vault's pods run; they may be the same. */
export interface KubeNeed {
  readonly system: "kubernetes";
  readonly cluster: "wired" | "vaults";
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** Rights that do as well, all of them together. They are what is granted, where there are some. */
  readonly instead?: readonly KubeNeed[] | undefined;
  /** What happens without it, where everything goes on. */
  readonly otherwise?: string | undefined;
}

/** Capabilities on a path of Vault. Paths below sys/ and configurations have no existence check: a write there is an `update`. */
export interface VaultNeed {
  readonly system: "vault";
  readonly path: string;
  readonly capabilities: readonly string[];
}

/** Room for pods and volumes in a namespace. */
export interface RoomNeed {
  readonly system: "room";
  readonly cluster: "wired" | "vaults";
  readonly namespace: string;
  /** What they belong to, for people. */
  readonly of: string;
  readonly pods: number;
  readonly claims: readonly ClaimNeed[];
  /** Containers that do not say what they ask for or may use, as "requests.cpu". */
  readonly unsaid: readonly string[];
  /** The pods as they are rendered. */
  readonly templates: readonly PodTemplate[];
  /** What has the pods meet the strictest Pod Security, where that is known. */
  readonly strict?: string | undefined;
}

export interface PodTemplate {
  /** What makes them, e.g. "StatefulSet vault". */
  readonly of: string;
  /** The spec of a pod. */
  readonly spec: unknown;
}

export interface ClaimNeed {
  readonly count: number;
  /** As Kubernetes writes it, e.g. "10Gi". */
  readonly size: string;
  /** Undefined for the cluster's default. */
  readonly storageClass: string | undefined;
}

/** What a resource or a check needs of the systems. */
export type Need = KubeNeed | VaultNeed | RoomNeed;

/** The plural of a kind as the API's paths have it: https://kubernetes.io/docs/reference/using-api/api-concepts/ */
function pluralOf(kind: string): string {
  const lower = kind.toLowerCase();
  if (lower.endsWith("endpoints")) return lower;
  if (/(s|x|ch)$/.test(lower)) return `${lower}es`;
  return lower.endsWith("y") && !/[aeiou]y$/.test(lower) ? `${lower.slice(0, -1)}ies` : `${lower}s`;
}

const groupOf = (apiVersion: string): string => (apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "");

// What these ask is answered without a name: which object it is stands in the body, or it is about all of them. A watch is of one object here,
// with a field selector on its name: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
const nameless: ReadonlySet<string> = new Set(["create", "list"]);

/** Rights on one object, or on all of a kind where it has no name. */
export function onObject(
  { apiVersion, kind, name, namespace }: Omit<ObjectRef, "name"> & { readonly name?: string | undefined },
  verbs: readonly string[],
  cluster: KubeNeed["cluster"] = "wired",
): KubeNeed[] {
  const what = { system: "kubernetes", cluster, group: groupOf(apiVersion), resource: pluralOf(kind), namespace } as const;
  return verbs.map((verb) => ({ ...what, verb, ...(name !== undefined && !nameless.has(verb) && { name }) }));
}

/** Rights of server-side apply: it reads, makes and changes. */
export const applying = (ref: ObjectRef, cluster: KubeNeed["cluster"] = "wired"): KubeNeed[] =>
  onObject(ref, ["get", "create", "patch"], cluster);

/** To be told of changes of one object. @param otherwise what happens where that is not allowed */
export const watching = (ref: ObjectRef, otherwise: string): KubeNeed[] => onObject(ref, ["watch"]).map((need) => ({ ...need, otherwise }));

/** Rights on a subresource, e.g. pods/portforward. */
export const onSubresource = (
  ref: Parameters<typeof onObject>[0],
  subresource: string,
  verbs: readonly string[],
  cluster: KubeNeed["cluster"] = "wired",
): KubeNeed[] => onObject({ ...ref, name: undefined }, verbs, cluster).map((need) => ({ ...need, subresource, name: ref.name }));

/** Capabilities on a path of Vault. */
export const onPath = (path: string, ...capabilities: readonly string[]): VaultNeed => ({ system: "vault", path, capabilities });

const rbac = "rbac.authorization.k8s.io/v1";

interface RoleRef {
  readonly kind: string;
  readonly name: string;
}

/**
 * Who binds a role must hold what it grants, or may `bind` it.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#restrictions-on-role-binding-creation-or-update
 */
export function toBind(binding: KubeObject): KubeNeed[] {
  if (binding.kind !== "ClusterRoleBinding" && binding.kind !== "RoleBinding") return [];
  const { kind, name } = binding["roleRef"] as RoleRef;
  return onObject({ apiVersion: rbac, kind, name, namespace: binding.metadata.namespace }, ["bind"]);
}

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/**
 * Who makes a role must hold what it grants, or may `escalate`.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#restrictions-on-role-creation-or-update
 */
export function toMakeRole(role: KubeObject): KubeNeed[] {
  if (role.kind !== "ClusterRole" && role.kind !== "Role") return [];
  const { namespace } = role.metadata;
  const held = ((role["rules"] ?? []) as readonly Rule[]).flatMap((rule) => holding(rule, namespace));
  return onObject({ apiVersion: rbac, kind: role.kind, name: role.metadata.name, namespace }, ["escalate"]).map((need) => ({
    ...need,
    ...(held.length > 0 && { instead: held }),
  }));
}

const holding = ({ apiGroups = [], resources = [], resourceNames = [], verbs }: Rule, namespace: string | undefined): KubeNeed[] =>
  apiGroups.flatMap((group) =>
    resources.flatMap((full) => {
      const [resource = "", subresource] = full.split("/");
      const names = resourceNames.length === 0 ? [undefined] : resourceNames;
      return names.flatMap((name) =>
        verbs.map((verb) => ({ system: "kubernetes", cluster: "wired", verb, group, resource, subresource, namespace, name }) as const),
      );
    }),
  );
