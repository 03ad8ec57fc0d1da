import { X509Certificate } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import tls from "node:tls";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where systems keep their trusted authorities, as Go looks for them: https://go.dev/src/crypto/x509/root_linux.go */
const files = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];
const folders = ["/etc/ssl/certs", "/etc/pki/tls/certs"];

/** How to be sure of a server, for a connection. */
export interface SystemTrust {
  /** PEM. */
  readonly ca: string[];
  /** The same, made ready once: to read a hundred certificates for each connection takes time. */
  readonly secureContext: tls.SecureContext;
}

const known = new Map<string, SystemTrust>();

/**
 * The authorities that programs on this machine trust: those of the system's store, or of SSL_CERT_FILE and SSL_CERT_DIR, as for
 * kubectl and vault, and of NODE_EXTRA_CA_CERTS. Where the system has none, those that come with Node.
 */
export function systemTrust(env: Environment): SystemTrust {
  const key = JSON.stringify([env["SSL_CERT_FILE"], env["SSL_CERT_DIR"]]);
  const found = known.get(key) ?? trusting([...new Set([...systems(env), ...tls.getCACertificates("extra")])]);
  known.set(key, found);
  return found;
}

const trusting = (ca: string[]): SystemTrust => ({ ca, secureContext: tls.createSecureContext({ ca, allowPartialTrustChain: true }) });

function systems(env: Environment): readonly string[] {
  const own = process.platform === "darwin" || process.platform === "win32";
  const found = own ? tls.getCACertificates("system") : certificates(texts(env));
  return found.length > 0 ? found : tls.rootCertificates;
}

/** Of the files the first that can be read counts, of the folders all. The system's own folders hold what its file holds. */
function texts(env: Environment): string[] {
  const file = env["SSL_CERT_FILE"] ?? "";
  const listed = env["SSL_CERT_DIR"] ?? "";
  const bundle = (file === "" ? files : [file]).map((name) => text(name)).find((found) => found !== undefined) ?? "";
  if (file === "" && listed === "" && bundle !== "") return [bundle];
  const entries = (listed === "" ? folders : listed.split(":")).flatMap((folder) => names(folder).map((name) => path.join(folder, name)));
  return [bundle, ...entries.map((name) => text(name) ?? "")];
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function text(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** One that cannot be read is left out; it would spoil the others. */
const certificates = (pems: readonly string[]): string[] =>
  [...new Set(pems.flatMap((pem) => pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []))].filter(isCertificate);

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
