/** The image of every pod's sandbox. */
export const PAUSE_IMAGE = "registry.k8s.io/pause:3.10";

/**
 * The lab's Vault under the names that charts ask for: ours, and HashiCorp's 0.34, which asks for a release
 * that cannot be built from Go modules.
 */
export const VAULT_IMAGES = ["docker.io/hashicorp/vault:1.21.0", "docker.io/hashicorp/vault:2.0.4"];

export const BUSYBOX_IMAGES = ["docker.io/library/busybox:1.35", "docker.io/library/busybox:latest"];

export const EXTERNAL_SECRETS_IMAGE = "oci.external-secrets.io/external-secrets/external-secrets:v0.20.4";

export const KES_IMAGE = "ghcr.io/external-secrets/kubernetes-external-secrets:8.5.5";
