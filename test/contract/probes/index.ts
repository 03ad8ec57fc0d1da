import type { Probe } from "../same-as-real.ts";
import { kubeLeases } from "./kube-leases.ts";
import { kubeObjects } from "./kube-objects.ts";
import { kubeTokens } from "./kube-tokens.ts";
import { vaultAuth, vaultAuthEnd } from "./vault-auth.ts";
import { vaultKv } from "./vault-kv.ts";
import { vaultLogin } from "./vault-login.ts";
import { vaultRoot } from "./vault-root.ts";
import { vaultStatus } from "./vault-status.ts";
import { vaultTokens } from "./vault-tokens.ts";

/** All probes in groups. Within a group each goes on where the one before it stopped; the groups do not need each other. */
export const groups: Readonly<Record<string, readonly Probe[]>> = {
  "Vault's status": vaultStatus,
  "tokens and policies": vaultTokens,
  "root generation": vaultRoot,
  "KV version 2": vaultKv,
  "the Kubernetes auth method": [...vaultAuth, ...vaultLogin, ...vaultAuthEnd],
  "Kubernetes objects": [...kubeObjects, ...kubeLeases, ...kubeTokens],
};
