import { at, list, text } from "../../core/values.ts";
import { ifSeen } from "../../systems/allowed.ts";
import { anyVaultPodSelector } from "../../systems/vault-pods.ts";
import type { KubeObject, KubeReader } from "../../systems/world.ts";
import { certManager } from "../../vault/tls/issued-certificate.ts";

// What is in a cluster already, before anything of ours is.

/** How many nodes take pods that tolerate nothing. */
export async function nodesForPods(kube: KubeReader): Promise<number> {
  return (await kube.list({ apiVersion: "v1", kind: "Node" })).filter(takesPods).length;
}

const takesPods = ({ spec }: KubeObject): boolean =>
  at(spec, "unschedulable") !== true && !list(at(spec, "taints")).some((taint) => at(taint, "effect") !== "PreferNoSchedule");

/** https://kubernetes.io/docs/concepts/storage/storage-classes/ */
export interface StorageClass {
  readonly name: string;
  /** It is the one for claims that name none. */
  readonly standard: boolean;
  /** Whoever makes its volumes; "kubernetes.io/no-provisioner" where a person does. */
  readonly provisioner: string;
}

export async function storageClasses(kube: KubeReader): Promise<StorageClass[]> {
  const found = await kube.list({ apiVersion: "storage.k8s.io/v1", kind: "StorageClass" });
  return found.map((one) => ({ name: one.metadata.name, standard: isStandard(one), provisioner: text(one["provisioner"]) ?? "" }));
}

const isStandard = ({ metadata: { annotations = {} } }: KubeObject): boolean =>
  annotations["storageclass.kubernetes.io/is-default-class"] === "true" ||
  annotations["storageclass.beta.kubernetes.io/is-default-class"] === "true";

export const ingressClasses = (kube: KubeReader): Promise<string[]> => names(kube, "networking.k8s.io/v1", "IngressClass");

export const namespaces = (kube: KubeReader): Promise<string[]> => names(kube, "v1", "Namespace");

const names = async (kube: KubeReader, apiVersion: string, kind: string): Promise<string[]> =>
  (await kube.list({ apiVersion, kind })).map(({ metadata }) => metadata.name);

/** A release of Vault's chart, with how many server pods carry its labels. */
export interface VaultThere {
  readonly namespace: string;
  readonly release: string;
  readonly pods: number;
}

export async function vaultsThere(kube: KubeReader): Promise<VaultThere[]> {
  const found = new Map<string, VaultThere>();
  for (const { metadata } of await kube.list({ apiVersion: "v1", kind: "Pod", labelSelector: anyVaultPodSelector })) {
    const place = { namespace: metadata.namespace ?? "", release: metadata.labels?.["app.kubernetes.io/instance"] ?? "vault" };
    const key = `${place.namespace}/${place.release}`;
    found.set(key, { ...place, pods: (found.get(key)?.pods ?? 0) + 1 });
  }
  return [...found.values()];
}

/** Whether cert-manager is there, as far as the user may see it. */
export async function hasCertManager(kube: KubeReader): Promise<boolean> {
  const ref = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", name: "certificates.cert-manager.io" };
  const found = await ifSeen(
    () => kube.get(ref),
    () => undefined,
  );
  return found !== undefined;
}

/** Issuers of cert-manager as --tls-issuer names them; one of another namespace than Vault's signs nothing for it. */
export const issuersOf = async (kube: KubeReader, kind: "ClusterIssuer" | "Issuer", vaults: string): Promise<string[]> =>
  (await kube.list({ apiVersion: certManager, kind })).flatMap(({ metadata: { name, namespace } }) =>
    kind === "ClusterIssuer" ? [`ClusterIssuer/${name}`] : namespace === vaults ? [name] : [],
  );
