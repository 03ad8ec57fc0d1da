import type { Spec } from "../../config/spec.ts";
import type { VaultSpec } from "../../config/spec/vault.ts";
import { vaultFullname } from "../charts.ts";
import { underLease } from "../../kubernetes/lease.ts";
import { namespace } from "../../kubernetes/namespace.ts";
import { certificateAuthority, type AuthoritySettings } from "./authority.ts";
import { givenCertificate } from "./given-certificate.ts";
import { managedCertificate } from "./issued-certificate.ts";
import { losesNames } from "./lost-names.ts";
import { ownCertificate } from "./own-certificate.ts";
import { tlsRemoval } from "./secrets-removal.ts";
import { servedCertificate, type ServerCertificate } from "./served.ts";
import { unlessForeign } from "../foreign.ts";
import { defineStep, type AppResource } from "../../systems/step.ts";

/** The certificate that Vault serves: the user's, one of cert-manager, or one of our own authority. */
export const tls = defineStep({
  id: "tls",
  title: "Make Vault's certificate",
  resources: (spec) => [namespace(spec.vault.install.namespace), ...(spec.vault.tls.enabled ? made(spec) : [])],
  removals: ({ vault: { install } }, policy) => [tlsRemoval(install, policy)],
  notices: ({ vault }) =>
    vault.tls.enabled
      ? []
      : [
          {
            reason: "Vault speaks plain http (--insecure-no-tls): whoever can listen on the cluster's network reads tokens and secrets.",
            fix: "Leave --insecure-no-tls out wherever you can.",
          },
        ],
});

function made(spec: Spec): AppResource[] {
  const { before, server } = certificates(spec);
  return [...before, server].map((resource) => unlessForeign(alone(resource, spec.vault), spec.vault.install));
}

/** Vault's pods serve it, and its names are those that the installation brought. */
export const tlsServed = defineStep({
  id: "tls-served",
  title: "Serve the certificate",
  resources: (spec) => (spec.vault.tls.enabled ? [unlessForeign(alone(served(spec), spec.vault), spec.vault.install)] : []),
});

const alone = (resource: AppResource, { install: { namespace, release } }: VaultSpec): AppResource =>
  underLease(resource, { namespace, release }, "go on");

const served = (spec: Spec): AppResource =>
  servedCertificate({
    namespace: spec.vault.install.namespace,
    release: spec.vault.install.release,
    secret: tlsSecretName(spec.vault),
    certificate: certificates(spec).server,
    withinMs: spec.run.timeoutMs,
    refuses: (read, names, wanted) => losesNames(read, spec, names, wanted),
  });

/** The Secret that Vault's pods mount. */
export const tlsSecretName = ({ install, tls: { certificate } }: Pick<VaultSpec, "install" | "tls">): string =>
  certificate.kind === "given" ? certificate.secret : `${vaultFullname(install)}-tls`;

/** What makes the certificate: what it rests on, and the server's own. */
function certificates({ vault, run }: Spec): { readonly before: readonly AppResource[]; readonly server: ServerCertificate } {
  const { certificate, validMs, renewBeforeMs, renew } = vault.tls;
  const secret = tlsSecretName(vault);
  const fullname = vaultFullname(vault.install);
  if (certificate.kind === "given") return { before: [], server: givenCertificate(vault, secret) };
  if (certificate.kind === "issued") {
    const { issuer } = certificate;
    return { before: [], server: managedCertificate({ vault, issuer, secret, commonName: fullname, withinMs: run.timeoutMs }) };
  }
  // An authority has to outlive what it signs.
  const authority: AuthoritySettings = { namespace: vault.install.namespace, fullname, renewBeforeMs: validMs + renewBeforeMs };
  const server = ownCertificate({ vault, authority, secret, ...(renew && { notBefore: Date.now() }) });
  return { before: [certificateAuthority(authority)], server };
}
