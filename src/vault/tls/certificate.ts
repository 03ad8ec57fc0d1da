import { X509Certificate } from "node:crypto";
import net from "node:net";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The first certificate of a PEM text; undefined where there is none that can be read. */
export function readCertificate(pem: string | undefined): X509Certificate | undefined {
  try {
    return pem === undefined ? undefined : new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** Those of `names` that a certificate is not for. A wildcard stands for one label, as Go and RFC 6125 say. */
export function lacking(certificate: X509Certificate, names: readonly string[]): string[] {
  const own = (certificate.subjectAltName ?? "")
    .split(", ")
    .filter((entry) => entry.startsWith("DNS:"))
    .map((entry) => entry.slice("DNS:".length).replaceAll('"', "").toLowerCase());
  const covered = (name: string): boolean => own.includes(name.toLowerCase()) || own.includes(name.toLowerCase().replace(/^[^.]+/, "*"));
  return names.filter((name) => (net.isIP(name) === 0 ? !covered(name) : certificate.checkIP(name) === undefined));
}

/** Milliseconds until a certificate expires; negative when it has. */
export const leftMs = (certificate: X509Certificate): number => Date.parse(certificate.validTo) - Date.now();

/** "expires in 364 days (2027-05-01)": whole days, as status counts them. */
export function expiry(certificate: X509Certificate): string {
  const left = leftMs(certificate);
  const date = new Date(certificate.validTo).toISOString().slice(0, 10);
  if (left < 0) return `expired on ${date}`;
  return left < dayMs ? `expires in ${counted(left / hourMs, "hour")} (${date})` : `expires in ${counted(left / dayMs, "day")} (${date})`;
}

const counted = (amount: number, unit: string): string => `${Math.floor(amount)} ${unit}${Math.floor(amount) === 1 ? "" : "s"}`;

/** The certificates of a PEM text, one by one. */
export const blocksOf = (pem: string): string[] => pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
