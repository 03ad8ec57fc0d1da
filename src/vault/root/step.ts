import type { Settings } from "../../config/fields.ts";
import { rootKept, rootRetired } from "./checks.ts";
import { adminPolicy } from "./admin-policy.ts";
import { adminToken } from "./admin-token.ts";
import { retiredRoot } from "./retired.ts";
import type { Sent } from "./successor.ts";
import { defineStep } from "../../systems/step.ts";
import { template } from "../../core/template.ts";

const inputs = [
  "cluster",
  "authMount",
  "roleName",
  "policyName",
  "kvMount",
  "kvPrefix",
  "keepRoot",
  "adminAuth",
  "adminPolicy",
  "adminTokenPeriod",
] as const;
type Inputs = Pick<Settings, (typeof inputs)[number]>;

/** A narrower token, or a person's login, takes over from the root token. */
export const retireRoot = defineStep({
  id: "retire-root",
  title: "Retire the root token",
  inputs,
  resources: (settings) => {
    if (settings.keepRoot) return [];
    const policy = settings.adminPolicy.toLowerCase();
    return [
      adminPolicy(policy, () => adminRules(settings)),
      ...(settings.adminAuth === undefined ? [adminToken({ policy, period: settings.adminTokenPeriod })] : []),
      retiredRoot({ policy, adminAuth: settings.adminAuth, sent: sentWith(settings) }),
    ];
  },
  checks: ({ keepRoot, adminAuth }) => [keepRoot ? rootKept() : rootRetired(adminAuth)],
});

/** The policy that allows what the tool sends for each cluster whose names are the defaults; other names stand in it as they are. */
export function adminRules({ cluster = "", authMount, policyName, kvMount, kvPrefix, adminPolicy: name }: Inputs): string {
  return template("admin-policy.hcl", {
    authMounts: ofAnyCluster(authMount),
    authPaths: ofAnyCluster(authMount) === authMount ? `${authMount}/*` : ofAnyCluster(authMount),
    policies: ofAnyCluster(policyName.toLowerCase()),
    kvMount,
    kvPrefix: kvPrefix === `k8s/${cluster}/` ? "k8s/" : kvPrefix,
    adminPolicy: name.toLowerCase(),
  });
}

const ofAnyCluster = (name: string): string => (name.startsWith("k8s-") ? "k8s-*" : name);

/** Every path that the tool sends with the successor's token, and what it does there. Auth methods and audit devices want sudo. */
export function sentWith({ authMount, roleName, policyName, kvMount, kvPrefix, adminPolicy: name }: Inputs): readonly Sent[] {
  const secret = `${kvPrefix}vault-k8s-probe`;
  return [
    { path: "sys/auth", capabilities: ["read"] },
    { path: `sys/auth/${authMount}`, capabilities: ["update", "delete", "sudo"] },
    { path: `auth/${authMount}/config`, capabilities: ["read", "update"] },
    { path: `auth/${authMount}/role`, capabilities: ["list"] },
    { path: `auth/${authMount}/role/${roleName.toLowerCase()}`, capabilities: ["create", "read", "update"] },
    { path: `sys/policies/acl/${policyName.toLowerCase()}`, capabilities: ["read", "update", "delete"] },
    { path: `sys/policies/acl/${name.toLowerCase()}`, capabilities: ["read"] },
    { path: "sys/audit", capabilities: ["read", "sudo"] },
    { path: "sys/audit/vault-k8s-stdout", capabilities: ["update", "sudo"] },
    { path: "sys/monitor", capabilities: ["read"] },
    { path: "sys/storage/raft/configuration", capabilities: ["read"] },
    { path: "sys/storage/raft/autopilot/state", capabilities: ["read"] },
    { path: "sys/mounts", capabilities: ["read"] },
    { path: `sys/mounts/${kvMount}`, capabilities: ["update"] },
    { path: `${kvMount}/config`, capabilities: ["read"] },
    { path: `${kvMount}/data/${secret}`, capabilities: ["create", "read", "update"] },
    { path: `${kvMount}/metadata/${secret}`, capabilities: ["read", "list", "delete"] },
  ];
}
