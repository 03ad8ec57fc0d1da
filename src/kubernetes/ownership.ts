import type { KubeObject } from "../systems/world.ts";

/** What marks as ours in Kubernetes and Helm; see "What is ours" in docs/concepts.md. */
export const ownerLabel = "app.kubernetes.io/managed-by";
export const owner = "vault-k8s";
export const ownerLabels = { [ownerLabel]: owner } as const;

/**
 * The mark in the description of a mount or at the head of a policy: ours, and of which cluster (UID of kube-system). A mount also says of which
 * fleet, where it is of one. It is short: the descriptions of all mounts count against the one entry in which Vault keeps their table.
 */
export const mark = (clusterUid: string, fleet?: string): string =>
  `managed by vault-k8s, cluster ${clusterUid}${fleet === undefined ? "" : `, fleet ${fleet}`}`;

export type Ownership = "ours" | "other-cluster" | "foreign";

/** The UID of the cluster in a mark; undefined where there is no mark. */
export const markOf = (text: string): string | undefined => /managed by vault-k8s, cluster ([0-9a-f-]{36})/.exec(text)?.[1];

/** The fleet in a mark; undefined where it names none. */
export const fleetOf = (text: string): string | undefined => /managed by vault-k8s, cluster [0-9a-f-]{36}, fleet (\S+)/.exec(text)?.[1];

/** Reads a mark: of this cluster, of another cluster, or none. */
export function ownershipOf(text: string, clusterUid: string): Ownership {
  const found = markOf(text);
  if (found === undefined) return "foreign";
  return found === clusterUid ? "ours" : "other-cluster";
}

/** Whether a Kubernetes object carries our label. */
export const isOurs = (object: KubeObject): boolean => object.metadata.labels?.[ownerLabel] === owner;
