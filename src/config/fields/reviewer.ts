import type { Field } from "../field.ts";
import { dnsLabel, dnsSubdomain } from "../rules.ts";

/** The account that lets Vault review tokens. */
export const reviewer = {
  reviewer: {
    flag: "reviewer",
    value: "KIND",
    key: "reviewer.kind",
    type: { oneOf: ["token", "client", "local", "token-request"] as const },
    default: "token",
    steps: ["reviewer", "auth", "role", "store", "verify"],
    help: "Whose token Vault shows the API server to have others reviewed. token: a long-lived one of an account of its own; client: the very token that logs in; local: that of Vault's pod, where it runs in this cluster; token-request: one of that account that ends and is renewed by rotate-reviewer",
  },
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
  reviewerTokenTtl: {
    flag: "reviewer-token-ttl",
    value: "DURATION",
    key: "reviewer.tokenTtl",
    type: "duration",
    default: "24h",
    steps: ["reviewer", "auth"],
    help: "Lifetime of the token of --reviewer token-request, 10m at least; the API server may make it shorter",
  },
} as const satisfies Readonly<Record<string, Field>>;
