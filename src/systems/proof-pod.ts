/**
 * A pod that proves something and ends stays out of meshes: a proxy beside it would go on for ever, and what it asks would go another way than
 * what it proves. https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/, https://linkerd.io/2/features/proxy-injection/
 */
export const outsideMeshes = {
  labels: { "sidecar.istio.io/inject": "false", "istio.io/dataplane-mode": "none", "kuma.io/sidecar-injection": "disabled" },
  annotations: {
    "sidecar.istio.io/inject": "false",
    "linkerd.io/inject": "disabled",
    "kuma.io/sidecar-injection": "disabled",
    "consul.hashicorp.com/connect-inject": "false",
    "openservicemesh.io/sidecar-injection": "disabled",
  },
} as const;

/** OpenShift gives each namespace users of its own, and refuses a pod that names another: https://docs.openshift.com/container-platform/latest/authentication/managing-security-context-constraints.html */
export const givesUsers = (apis: readonly string[]): boolean => apis.includes("security.openshift.io/v1");

/** Whom a pod of one of Vault's images runs as: the images' own user, another that Vault's pods have, or whom the cluster gives it. */
export function proofUser({ given, user }: { readonly given: boolean; readonly user: number | undefined }): object {
  return {
    runAsNonRoot: true,
    // 100 is the user of the images of Vault and OpenBao.
    ...(!given && { runAsUser: user || 100, runAsGroup: 1000, fsGroup: 1000 }),
    seccompProfile: { type: "RuntimeDefault" },
  };
}
