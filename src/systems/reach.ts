import { ifAllowed } from "./allowed.ts";
import type { Readers } from "./world.ts";
import { applying, onObject, onSubresource, type KubeNeed } from "./need.ts";

/** Where Vault's pods are, and Secrets that keep its keys. */
export interface VaultPods {
  readonly namespace: string;
  readonly keySecrets: readonly { readonly namespace: string; readonly name: string }[];
}

/** What reaching a Vault that runs in pods needs, whatever is asked of it: finding the pods, and a port-forward to them. */
export async function toReachVault({ vaultKube, where }: Readers, { namespace, keySecrets }: VaultPods): Promise<KubeNeed[]> {
  if (vaultKube === undefined) return [];
  // Whoever may not list pods reads this only once they may.
  const ca = await ifAllowed(
    () => where.vaultCaObject(),
    () => undefined,
  );
  return [
    ...(ca === undefined ? [] : onObject(ca, ["get"], "vaults")),
    ...toFindPods(namespace),
    // A port-forward over a WebSocket is a `get`, and from Kubernetes 1.35 on a `create` besides.
    ...onSubresource({ apiVersion: "v1", kind: "Pod", namespace }, "portforward", ["get", "create"], "vaults"),
    ...onObject({ apiVersion: "v1", kind: "Namespace", name: "kube-system" }, ["get"], "vaults"),
    ...keySecrets.flatMap((secret) =>
      applying({ apiVersion: "v1", kind: "Secret", namespace: secret.namespace, name: secret.name }, "vaults"),
    ),
  ];
}

/** A pod is Vault's where its StatefulSet says so. */
const toFindPods = (namespace: string): KubeNeed[] => [
  ...onObject({ apiVersion: "v1", kind: "Pod", namespace }, ["list"], "vaults"),
  ...onObject({ apiVersion: "apps/v1", kind: "StatefulSet", namespace }, ["list"], "vaults"),
];

/** What finding the address needs at which pods, or people, reach a Vault that runs in pods. */
export function toFindAddress({ vaultKube }: Readers, namespace: string): KubeNeed[] {
  if (vaultKube === undefined) return [];
  return [
    ...toFindPods(namespace),
    ...onObject({ apiVersion: "v1", kind: "Service", namespace }, ["get", "list"], "vaults"),
    ...onObject({ apiVersion: "networking.k8s.io/v1", kind: "Ingress", namespace }, ["list"], "vaults"),
  ];
}
