import type { Field } from "../field.ts";
import { certificateIssuer, dnsSubdomain, hostOrAddress } from "../rules.ts";

/** Whether Vault serves TLS, and whose certificate. */
export const tls = {
  insecureNoTls: {
    flag: "insecure-no-tls",
    key: "vault.insecureNoTls",
    type: "boolean",
    steps: ["tls", "install", "tls-served"],
    help: "Install Vault without TLS: tokens and secrets travel in the open",
  },
  tlsSecret: {
    flag: "tls-secret",
    value: "NAME",
    key: "vault.tls.secret",
    type: "string",
    rule: dnsSubdomain,
    steps: ["tls", "install", "tls-served"],
    help: "Secret in Vault's namespace that holds its certificate: tls.crt, tls.key, ca.crt (default: a certificate of our own authority)",
  },
  tlsIssuer: {
    flag: "tls-issuer",
    value: "[KIND/]NAME",
    key: "vault.tls.issuer",
    type: "string",
    rule: certificateIssuer,
    steps: ["tls", "install", "tls-served"],
    help: "Have cert-manager make Vault's certificate: an Issuer in Vault's namespace, or ClusterIssuer/NAME, or KIND.GROUP/NAME",
  },
  tlsNames: {
    flag: "tls-name",
    value: "NAME",
    key: "vault.tls.names",
    type: "list",
    rule: hostOrAddress,
    steps: ["tls", "tls-served"],
    help: "One more host name or address that the certificate is for (repeatable)",
  },
  tlsDuration: {
    flag: "tls-duration",
    value: "DURATION",
    key: "vault.tls.duration",
    type: "duration",
    default: "365d",
    steps: ["tls", "tls-served"],
    help: "How long a certificate is valid",
  },
  tlsRenewBefore: {
    flag: "tls-renew-before",
    value: "DURATION",
    key: "vault.tls.renewBefore",
    type: "duration",
    default: "30d",
    steps: ["tls", "tls-served"],
    help: "A certificate that expires sooner than this is made anew",
  },
  tlsRenew: {
    flag: "tls-renew",
    type: "boolean",
    steps: ["tls", "tls-served"],
    help: "Make the certificate anew in this run, whatever is left of it",
  },
} as const satisfies Readonly<Record<string, Field>>;
