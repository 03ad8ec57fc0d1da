import { milliseconds } from "../../core/duration.ts";
import type { Settings } from "../fields.ts";

/** Whether Vault serves TLS, and with whose certificate. */
export interface TlsSpec {
  /** False: Vault speaks plain http. */
  readonly enabled: boolean;
  readonly certificate: CertificateSource;
  /** Names that it is for, besides those that are known without being said. */
  readonly names: readonly string[];
  /** How long a certificate is valid, in milliseconds. */
  readonly validMs: number;
  /** One that expires sooner is made anew, in milliseconds. */
  readonly renewBeforeMs: number;
  /** It is made anew in this run, whatever is left of it. */
  readonly renew: boolean;
}

/** Who makes the certificate: our own authority, an issuer of cert-manager, or the user, in a Secret. */
export type CertificateSource =
  | { readonly kind: "own" }
  /** NAME, KIND/NAME or KIND.GROUP/NAME. */
  | { readonly kind: "issued"; readonly issuer: string }
  | { readonly kind: "given"; readonly secret: string };

export const tlsOf = (settings: Settings): TlsSpec => ({
  enabled: !settings.insecureNoTls,
  certificate: certificateOf(settings),
  names: settings.tlsNames,
  validMs: milliseconds(settings.tlsDuration),
  renewBeforeMs: milliseconds(settings.tlsRenewBefore),
  renew: settings.tlsRenew,
});

function certificateOf({ tlsSecret: secret, tlsIssuer: issuer }: Settings): CertificateSource {
  if (secret !== undefined) return { kind: "given", secret };
  return issuer === undefined ? { kind: "own" } : { kind: "issued", issuer };
}
