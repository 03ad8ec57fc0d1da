import type { Field } from "../field.ts";
import { absolutePath } from "../rules.ts";

/** Vault's audit log. */
export const audit = {
  audit: {
    flag: "audit",
    value: "WHERE",
    key: "vault.audit",
    type: { oneOf: ["file", "stdout"] as const },
    steps: ["install", "audit"],
    help: "Let Vault write each request to a file in its pods, or to their log, before it is given any secret",
  },
  auditFile: {
    flag: "audit-file",
    value: "PATH",
    key: "vault.auditFile",
    type: "string",
    default: "/vault/audit/audit.log",
    rule: absolutePath,
    steps: ["install", "audit"],
    help: "That file, on each node of Vault",
  },
} as const satisfies Readonly<Record<string, Field>>;
