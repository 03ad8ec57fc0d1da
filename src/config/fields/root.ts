import type { Field } from "../field.ts";
import { livesADay, noSlashAtEnd, vaultMount, vaultName } from "../rules.ts";

/** What becomes of the root token. */
export const root = {
  keepRoot: {
    flag: "keep-root",
    key: "vault.keepRoot",
    type: "boolean",
    default: false,
    steps: ["retire-root"],
    help: "Leave the root token valid: it may do anything in Vault, never expires, and stands in plain text with the unseal keys",
  },
  adminAuth: {
    flag: "admin-auth",
    value: "PATH",
    key: "vault.adminAuth",
    type: "string",
    rule: vaultMount,
    normal: noSlashAtEnd,
    steps: ["retire-root"],
    help: "Auth method at which people log in to look after Vault; a token of such a login (VAULT_TOKEN) takes over from the root token, and none is kept",
  },
  adminPolicy: {
    flag: "admin-policy",
    value: "NAME",
    key: "vault.adminPolicy",
    type: "string",
    default: "vault-k8s-admin",
    rule: vaultName,
    steps: ["retire-root"],
    help: "Name of the policy of what takes over from the root token",
  },
  adminTokenPeriod: {
    flag: "admin-token-period",
    value: "DURATION",
    key: "vault.adminTokenPeriod",
    type: "duration",
    default: "768h",
    rule: livesADay,
    steps: ["retire-root"],
    help: "The token that takes over from the root token expires when it is not renewed for this long; at least 24h",
  },
} as const satisfies Readonly<Record<string, Field>>;
