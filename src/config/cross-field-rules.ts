import { seconds } from "../core/duration.ts";
import { failure, kinds } from "../errors.ts";
import type { FieldName, Settings } from "./fields.ts";
import { table } from "./keys.ts";
import { originText } from "./origin.ts";
import type { Resolved } from "./resolve.ts";

interface Violation {
  readonly about: FieldName;
  readonly what: string;
  readonly why?: string;
  readonly fix: string;
}

type CrossFieldRule = (settings: Settings) => Violation | undefined;

const rules: readonly CrossFieldRule[] = [
  ({ keyShares, keyThreshold }) =>
    keyThreshold > keyShares
      ? {
          about: "keyThreshold",
          what: `${keyThreshold} of ${keyShares} unseal keys cannot be asked for`,
          fix: `Say a --key-threshold of at most ${keyShares}, or more --key-shares.`,
        }
      : undefined,
  ({ keyShares, keyThreshold }) =>
    keyShares > 1 && keyThreshold === 1
      ? {
          about: "keyThreshold",
          what: `With ${keyShares} unseal keys Vault wants at least 2 of them to unseal`,
          fix: "Pass --key-threshold 2 or more, or --key-shares 1.",
        }
      : undefined,
  ({ keyShares, pgpKeys }) =>
    pgpKeys.length > 0 && pgpKeys.length !== keyShares
      ? {
          about: "pgpKeys",
          what: `There are ${pgpKeys.length} PGP keys for ${keyShares} unseal keys`,
          why: "Each unseal key is encrypted with a PGP key of its own.",
          fix: `Pass --pgp-key ${keyShares} times, or --key-shares ${pgpKeys.length}.`,
        }
      : undefined,
  ({ keyShares, keysHolders }) =>
    keysHolders.length > 0 && keysHolders.length !== keyShares
      ? {
          about: "keysHolders",
          what: `There are ${keysHolders.length} holders for ${keyShares} unseal keys`,
          why: "Each holder gets one.",
          fix: `Pass --keys-holder ${keyShares} times, or --key-shares ${keysHolders.length}.`,
        }
      : undefined,
  ({ keysHolders }) =>
    new Set(keysHolders.map((holder) => holder.split("=")[0])).size < keysHolders.length
      ? { about: "keysHolders", what: "Two holders of unseal keys have the same name", fix: "Give each a name of their own." }
      : undefined,
  ({ keysStdout, output }) =>
    keysStdout && output === "json"
      ? {
          about: "keysStdout",
          what: "The keys and the document of -o json cannot both stand on standard output",
          fix: "Leave out one of --keys-stdout and -o json.",
        }
      : undefined,
  ({ tokenTtl, tokenMaxTtl }) =>
    seconds(tokenMaxTtl) > 0 && seconds(tokenTtl) > seconds(tokenMaxTtl)
      ? {
          about: "tokenTtl",
          what: `A token lifetime of ${tokenTtl} is longer than the longest allowed, ${tokenMaxTtl}`,
          fix: "Shorten --token-ttl or lengthen --token-max-ttl.",
        }
      : undefined,
  ({ reviewer, reviewerTokenTtl }) =>
    reviewer === "token-request" && seconds(reviewerTokenTtl) < 600
      ? {
          about: "reviewerTokenTtl",
          what: `Kubernetes gives no token for ${reviewerTokenTtl}`,
          why: "The shortest life of one is ten minutes.",
          fix: "Lengthen --reviewer-token-ttl.",
        }
      : undefined,
  ({ storeKind, storeNamespaces }) =>
    storeKind === "SecretStore" && storeNamespaces.length > 0
      ? {
          about: "storeNamespaces",
          what: "A SecretStore is for its own namespace alone",
          fix: "Leave out one of --store-namespace and --store-kind SecretStore.",
        }
      : undefined,
  ({ storeNamespaces, secrets, namespace }) =>
    storeNamespaces.length > 0 && secrets.length > 0 && !storeNamespaces.includes(namespace)
      ? {
          about: "storeNamespaces",
          what: `An ExternalSecret in namespace ${namespace} could not use the store`,
          why: `The store would be for ${storeNamespaces.join(", ")} alone.`,
          fix: `Add --store-namespace ${namespace}, or name the application's namespace with --namespace.`,
        }
      : undefined,
  ({ expose, ingressHost }) =>
    expose === "Ingress" && ingressHost === undefined
      ? { about: "expose", what: "An Ingress needs a host name", fix: "Add --ingress-host HOST." }
      : undefined,
  ({ tlsSecret, tlsIssuer }) =>
    tlsSecret !== undefined && tlsIssuer !== undefined
      ? {
          about: "tlsIssuer",
          what: "A Secret of yours and an issuer of cert-manager cannot both give Vault's certificate",
          fix: "Leave out one of --tls-secret and --tls-issuer.",
        }
      : undefined,
  ({ insecureNoTls, tlsSecret, tlsIssuer, tlsRenew }) =>
    insecureNoTls && (tlsSecret !== undefined || tlsIssuer !== undefined || tlsRenew)
      ? {
          about: "insecureNoTls",
          what: "A Vault without TLS has no certificate",
          fix: "Leave out --insecure-no-tls, or what says its certificate.",
        }
      : undefined,
  ({ tlsRenew, tlsSecret, tlsIssuer }) =>
    tlsRenew && (tlsSecret !== undefined || tlsIssuer !== undefined)
      ? {
          about: "tlsRenew",
          what: "The certificate is not made by vault-k8s, so it cannot make it anew",
          fix:
            tlsSecret === undefined
              ? "cert-manager does: cmctl renew; then vault-k8s tls has the pods load it."
              : "Change the Secret; then vault-k8s tls has the pods load it.",
        }
      : undefined,
  ({ tlsDuration, tlsRenewBefore }) =>
    seconds(tlsDuration) + seconds(tlsRenewBefore) > 3600 * 86_400
      ? {
          about: "tlsDuration",
          what: `A certificate that is valid for ${tlsDuration} would outlive the authority that signs it`,
          why: "An authority of ours is valid for ten years.",
          fix: "Shorten --tls-duration.",
        }
      : undefined,
  ({ tlsDuration, tlsRenewBefore }) =>
    seconds(tlsDuration) <= seconds(tlsRenewBefore)
      ? {
          about: "tlsDuration",
          what: `A certificate that is valid for ${tlsDuration} and made anew ${tlsRenewBefore} before it expires is made anew in every run`,
          fix: "Lengthen --tls-duration or shorten --tls-renew-before.",
        }
      : undefined,
];

/** Checks the settings that depend on each other. @throws CliError VK1004 */
export function checkCrossFieldRules({ settings, origins }: Resolved): void {
  for (const rule of rules) {
    const found = rule(settings);
    if (found === undefined) continue;
    const { about, what, why, fix } = found;
    throw failure(kinds.badValue, { what: `${what} (--${table[about].flag}: ${originText(origins[about])})`, why, fix });
  }
}
