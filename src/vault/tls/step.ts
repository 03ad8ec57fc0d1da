import { milliseconds } from "../../core/duration.ts";
import type { Settings } from "../../config/fields.ts";
import { vaultFullname } from "../names.ts";
import { underLease } from "../../kubernetes/lease.ts";
import { namespace } from "../../kubernetes/namespace.ts";
import { certificateAuthority, type AuthoritySettings } from "./authority.ts";
import { givenCertificate } from "./given-certificate.ts";
import { managedCertificate } from "./issued-certificate.ts";
import { ownCertificate } from "./own-certificate.ts";
import { tlsRemoval } from "./secrets-removal.ts";
import { servedCertificate, type ServerCertificate } from "./served.ts";
import { unlessForeign } from "../foreign.ts";
import { defineStep, type AppResource } from "../../systems/step.ts";

const inputs = [
  "installNamespace",
  "release",
  "chart",
  "replicas",
  "expose",
  "ingressHost",
  "consumerVaultAddr",
  "insecureNoTls",
  "tlsSecret",
  "tlsIssuer",
  "tlsNames",
  "tlsDuration",
  "tlsRenewBefore",
  "tlsRenew",
  "caCert",
  "helm",
  "timeout",
] as const;
type TlsInputs = Pick<Settings, (typeof inputs)[number]>;

/** The certificate that Vault serves: the user's, one of cert-manager, or one of our own authority. */
export const tls = defineStep({
  id: "tls",
  title: "Make Vault's certificate",
  inputs,
  resources: (settings) => [namespace(settings.installNamespace), ...(settings.insecureNoTls ? [] : made(settings))],
  removals: ({ vault: { install } }, policy) => [tlsRemoval({ ...install, chart: install.chart.chart }, policy)],
  notices: ({ insecureNoTls }) =>
    insecureNoTls
      ? [
          {
            reason: "Vault speaks plain http (--insecure-no-tls): whoever can listen on the cluster's network reads tokens and secrets.",
            fix: "Leave --insecure-no-tls out wherever you can.",
          },
        ]
      : [],
});

function made(settings: TlsInputs): AppResource[] {
  const { before, server } = certificates(settings);
  return [...before, server].map((resource) => unlessForeign(alone(resource, settings), settings));
}

/** Vault's pods serve it, and its names are those that the installation brought. */
export const tlsServed = defineStep({
  id: "tls-served",
  title: "Serve the certificate",
  inputs,
  resources: (settings) => (settings.insecureNoTls ? [] : [unlessForeign(alone(served(settings), settings), settings)]),
});

const alone = (resource: AppResource, { installNamespace: namespace, release }: TlsInputs): AppResource =>
  underLease(resource, { namespace, release }, "go on");

const served = (settings: TlsInputs): AppResource =>
  servedCertificate({
    namespace: settings.installNamespace,
    release: settings.release,
    secret: tlsSecretName(settings),
    certificate: certificates(settings).server,
    withinMs: milliseconds(settings.timeout),
  });

/** The Secret that Vault's pods mount. */
export const tlsSecretName = ({ tlsSecret, release, chart }: Pick<Settings, "tlsSecret" | "release" | "chart">): string =>
  tlsSecret ?? `${vaultFullname(release, chart)}-tls`;

/** What makes the certificate: what it rests on, and the server's own. */
function certificates(settings: TlsInputs): { readonly before: readonly AppResource[]; readonly server: ServerCertificate } {
  const secret = tlsSecretName(settings);
  if (settings.tlsSecret !== undefined) return { before: [], server: givenCertificate({ ...settings, secret }) };
  const validMs = milliseconds(settings.tlsDuration);
  const renewBeforeMs = milliseconds(settings.tlsRenewBefore);
  const commonName = vaultFullname(settings.release, settings.chart);
  const { tlsIssuer: issuer } = settings;
  if (issuer !== undefined) {
    const managed = { ...settings, issuer, secret, commonName, validMs, renewBeforeMs, withinMs: milliseconds(settings.timeout) };
    return { before: [], server: managedCertificate(managed) };
  }
  // An authority has to outlive what it signs.
  const authority: AuthoritySettings = {
    namespace: settings.installNamespace,
    fullname: commonName,
    renewBeforeMs: validMs + renewBeforeMs,
  };
  const own = { ...settings, authority, secret, validMs, renewBeforeMs, ...(settings.tlsRenew && { notBefore: Date.now() }) };
  return { before: [certificateAuthority(authority)], server: ownCertificate(own) };
}
