import type { KubeObject, Readers } from "../systems/world.ts";
import { vaultPodSelector, type ReleasePlace } from "../systems/vault-pods.ts";

/** Vault's volumes: a StatefulSet gives its claims the labels by which it selects its pods. */
export const claimsOf = ({ kube }: Pick<Readers, "kube">, { namespace, release }: ReleasePlace): Promise<KubeObject[]> =>
  kube.list({ apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, labelSelector: vaultPodSelector(release) });

/** Whether an object is one of them. */
export function isClaim({ kind, metadata }: KubeObject, { namespace, release }: ReleasePlace): boolean {
  const { labels = {} } = metadata;
  return (
    kind === "PersistentVolumeClaim" &&
    metadata.namespace === namespace &&
    /^(vault|openbao)$/.test(labels["app.kubernetes.io/name"] ?? "") &&
    labels["app.kubernetes.io/instance"] === release &&
    labels["component"] === "server"
  );
}
