import { randomBytes, webcrypto, X509Certificate } from "node:crypto";
import { split } from "./names.ts";

/** A certificate and its private key, both PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** ECDSA on P-256: every client of Vault takes it, and a key is made in a millisecond. */
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
/** Clocks of a cluster and of this machine differ a little. */
const skewMs = 5 * 60_000;

type Library = typeof import("@peculiar/x509");
/** A name as it is encoded: Go compares the bytes of an issuer with those of a subject, and openssl encodes text in another way. */
type Name = InstanceType<Library["Name"]>;

/** The library takes a sixth of a second to load, so only who issues does. */
async function library(): Promise<Library> {
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  x509.cryptoProvider.set(webcrypto as never);
  return x509;
}

/** A new certificate authority, valid for `validMs`. Its key may sign server certificates, and one authority below it. */
export async function newAuthority(name: string, validMs: number): Promise<Pair> {
  const keys = await newKeys();
  const cert = await authorityCertificate({ subject: name, issuer: name, publicKey: keys.publicKey, signingKey: keys.privateKey, validMs });
  return { cert, key: await keyPem(keys.privateKey) };
}

/** The authority `next` once more, signed by `previous`: whoever trusts only the previous one trusts through it what the next one signs. */
export async function crossSign(next: Pair, previous: Pair): Promise<string> {
  const x509 = await library();
  const [old, own] = [new x509.X509Certificate(previous.cert), new x509.X509Certificate(next.cert)];
  const validMs = Math.min(old.notAfter.getTime(), own.notAfter.getTime()) - Date.now();
  return authorityCertificate({
    subject: own.subjectName,
    issuer: old.subjectName,
    publicKey: await own.publicKey.export(algorithm, ["verify"]),
    signingKey: await readKey(previous.key),
    issuerKey: await old.publicKey.export(algorithm, ["verify"]),
    validMs,
  });
}

interface AuthorityRequest {
  readonly subject: string | Name;
  readonly issuer: string | Name;
  readonly publicKey: webcrypto.CryptoKey;
  readonly signingKey: webcrypto.CryptoKey;
  readonly issuerKey?: webcrypto.CryptoKey;
  readonly validMs: number;
}

async function authorityCertificate({
  subject,
  issuer,
  publicKey,
  signingKey,
  issuerKey = publicKey,
  validMs,
}: AuthorityRequest): Promise<string> {
  const x509 = await library();
  const { keyCertSign, cRLSign } = x509.KeyUsageFlags;
  const certificate = await x509.X509CertificateGenerator.create({
    ...period(validMs),
    serialNumber: serial(),
    subject,
    issuer,
    publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuerKey),
    ],
  });
  return `${certificate.toString("pem")}\n`;
}

/** A server certificate for `names`, with a key of its own. It never outlives its authority. */
export async function issueServer(
  authority: Pair,
  { commonName, names, validMs }: { commonName: string; names: readonly string[]; validMs: number },
): Promise<Pair> {
  const x509 = await library();
  const issuer = new x509.X509Certificate(authority.cert);
  const keys = await newKeys();
  const { dns, ips } = split(names);
  const left = issuer.notAfter.getTime() - Date.now();
  const certificate = await x509.X509CertificateGenerator.create({
    ...period(Math.min(validMs, left)),
    serialNumber: serial(),
    subject: `CN=${commonName}`,
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingKey: await readKey(authority.key),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...dns.map((value) => ({ type: "dns" as const, value })),
        ...ips.map((value) => ({ type: "ip" as const, value })),
      ]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(await issuer.publicKey.export(algorithm, ["verify"])),
    ],
  });
  return { cert: `${certificate.toString("pem")}\n`, key: await keyPem(keys.privateKey) };
}

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]) as Promise<webcrypto.CryptoKeyPair>;
/** Sixteen bytes, positive: RFC 5280, 4.1.2.2. */
const serial = (): string => `40${randomBytes(15).toString("hex")}`;
const period = (validMs: number) => ({ notBefore: new Date(Date.now() - skewMs), notAfter: new Date(Date.now() + validMs) });

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key)).toString("base64");
  return `-----BEGIN PRIVATE KEY-----\n${(der.match(/.{1,64}/g) ?? []).join("\n")}\n-----END PRIVATE KEY-----\n`;
}

function readKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(pem.replace(/-----[^-]+-----/g, "").replace(/\s/g, ""), "base64");
  return webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]) as Promise<webcrypto.CryptoKey>;
}

/** When a certificate of ours was made, in milliseconds since 1970; certificates know only whole seconds, so that it is never too early. */
export const issuedAt = (certificate: X509Certificate): number => Date.parse(certificate.validFrom) + skewMs + 999;

/** Whether `authority` signed `cert`; both PEM. */
export const signedBy = (cert: string, authority: string): boolean =>
  new X509Certificate(cert).verify(new X509Certificate(authority).publicKey);
