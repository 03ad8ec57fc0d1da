import type { Field } from "../field.ts";
import { dnsLabel, dnsSubdomain } from "../rules.ts";

/** The account that lets Vault review tokens. */
export const reviewer = {
  reviewerNamespace: {
    flag: "reviewer-namespace",
    value: "NAME",
    key: "reviewer.namespace",
    type: "string",
    default: "vault-k8s",
    rule: dnsLabel,
    steps: ["reviewer", "auth"],
    help: "Namespace of the reviewer's service account",
  },
  reviewerServiceAccount: {
    flag: "reviewer-service-account",
    value: "NAME",
    key: "reviewer.serviceAccount",
    type: "string",
    default: "vault-reviewer",
    rule: dnsSubdomain,
    steps: ["reviewer", "auth"],
    help: "Service account whose token lets Vault review tokens",
  },
} as const satisfies Readonly<Record<string, Field>>;
