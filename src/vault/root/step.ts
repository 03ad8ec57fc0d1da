import type { Spec } from "../../config/spec.ts";
import { rootKept, rootRetired } from "./checks.ts";
import { adminPolicy } from "./admin-policy.ts";
import { adminToken } from "./admin-token.ts";
import { rootGenerationPaths } from "./paths.ts";
import { retiredRoot } from "./retired.ts";
import type { Sent } from "./lacking.ts";
import { defineStep } from "../../systems/step.ts";
import { template } from "../../core/template.ts";

/** A narrower token, or a person's login, takes over from the root token. */
export const retireRoot = defineStep({
  id: "retire-root",
  title: "Retire the root token",
  resources: (spec) => {
    const { keep, adminAuth, adminPolicy: policy, tokenPeriod } = spec.vault.root;
    if (keep) return [];
    return [
      adminPolicy(policy, () => adminRules(spec)),
      ...(adminAuth === undefined ? [adminToken({ policy, period: tokenPeriod })] : []),
      retiredRoot({ policy, adminAuth, sent: sentWith(spec) }),
    ];
  },
  checks: ({ vault: { root } }) => [root.keep ? rootKept() : rootRetired(root.adminAuth)],
});

/** The policy that allows what the tool sends for each cluster whose names are the defaults; other names stand in it as they are. */
export function adminRules({ cluster = "", vault: { root }, wiring: { authMount, policy, kv } }: Spec): string {
  return template("admin-policy.hcl", {
    authMounts: ofAnyCluster(authMount),
    authPaths: ofAnyCluster(authMount) === authMount ? `${authMount}/*` : ofAnyCluster(authMount),
    policies: ofAnyCluster(policy.name),
    kvMount: kv.mount,
    kvPrefix: kv.prefix === `k8s/${cluster}/` ? "k8s/" : kv.prefix,
    adminPolicy: root.adminPolicy,
  });
}

const ofAnyCluster = (name: string): string => (name.startsWith("k8s-") ? "k8s-*" : name);

/** Every path that the tool sends with the successor's token, and what it does there. Auth methods and audit devices want sudo. */
export function sentWith({ vault: { root }, wiring: { authMount, policy, kv }, consumers }: Spec): readonly Sent[] {
  const secret = `${kv.prefix}vault-k8s-probe`;
  return [
    { path: "sys/auth", capabilities: ["read"] },
    { path: `sys/auth/${authMount}`, capabilities: ["update", "delete", "sudo"] },
    { path: `auth/${authMount}/config`, capabilities: ["read", "update"] },
    { path: `auth/${authMount}/role`, capabilities: ["list"] },
    ...consumers.map(({ login: { role } }): Sent => ({
      path: `auth/${authMount}/role/${role}`,
      capabilities: ["create", "read", "update"],
    })),
    { path: `sys/policies/acl/${policy.name}`, capabilities: ["read", "update", "delete"] },
    { path: `sys/policies/acl/${root.adminPolicy}`, capabilities: ["read"] },
    { path: "sys/policies/acl", capabilities: ["list"] },
    { path: "sys/policies/acl/vault-k8s-probe", capabilities: ["read"] },
    { path: "sys/audit", capabilities: ["read", "sudo"] },
    { path: "sys/audit/vault-k8s-stdout", capabilities: ["update", "sudo"] },
    ...rootGenerationPaths,
    { path: "sys/monitor", capabilities: ["read"] },
    { path: "sys/storage/raft/configuration", capabilities: ["read"] },
    { path: "sys/storage/raft/autopilot/state", capabilities: ["read"] },
    { path: "sys/storage/raft/remove-peer", capabilities: ["update"] },
    { path: "sys/step-down", capabilities: ["update", "sudo"] },
    { path: "sys/mounts", capabilities: ["read"] },
    { path: `sys/mounts/${kv.mount}`, capabilities: ["update"] },
    { path: `${kv.mount}/config`, capabilities: ["read"] },
    { path: `${kv.mount}/data/${secret}`, capabilities: ["create", "read", "update"] },
    { path: `${kv.mount}/metadata/${secret}`, capabilities: ["read", "list", "delete"] },
  ];
}
