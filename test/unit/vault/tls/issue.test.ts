import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { lacking, leftMs } from "../../../../src/vault/tls/certificate.ts";
import { crossSign, issuedAt, issueServer, newAuthority, type Pair } from "../../../../src/vault/tls/issue.ts";

const dayMs = 86_400_000;
const names = ["vault", "*.vault-internal", "vault-active.vault.svc", "localhost", "127.0.0.1", "fd00::1"];
let authority: Pair;
beforeAll(async () => {
  authority = await newAuthority("CN=test CA, O=vault-k8s", 10 * dayMs);
});

const read = ({ cert }: Pair): X509Certificate => new X509Certificate(cert);
const days = (pair: Pair): number => Math.round(leftMs(read(pair)) / dayMs);

test("an authority may sign, and its key is its own", () => {
  const certificate = read(authority);
  expect(certificate.ca).toBe(true);
  expect(certificate.checkPrivateKey(createPrivateKey(authority.key))).toBe(true);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(days(authority)).toBe(10);
});

test("a server's certificate is for every name and address, signed by the authority, and no authority itself", async () => {
  const server = await issueServer(authority, { commonName: "vault", names, validMs: 5 * dayMs });
  const certificate = read(server);
  expect(lacking(certificate, names)).toEqual([]);
  expect(lacking(certificate, ["vault-0.vault-internal", "a.vault-0.vault-internal", "vault.vault", "127.0.0.2", "other"])).toEqual([
    "a.vault-0.vault-internal",
    "vault.vault",
    "127.0.0.2",
    "other",
  ]);
  expect([certificate.ca, certificate.checkIssued(read(authority)), certificate.verify(read(authority).publicKey)]).toEqual([
    false,
    true,
    true,
  ]);
  expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
  expect(certificate.checkPrivateKey(createPrivateKey(server.key))).toBe(true);
  expect(days(server)).toBe(5);
});

test("each has a key and a serial number of its own, and tells when it was made", async () => {
  const before = Date.now();
  const [one, other] = await Promise.all([1, 2].map(() => issueServer(authority, { commonName: "vault", names, validMs: dayMs })));
  expect(one!.key).not.toBe(other!.key);
  expect(read(one!).serialNumber).not.toBe(read(other!).serialNumber);
  expect(issuedAt(read(one!))).toBeGreaterThanOrEqual(before);
  expect(issuedAt(read(one!))).toBeLessThan(Date.now() + 1000);
});

test("a certificate does not outlive its authority", async () => {
  expect(days(await issueServer(authority, { commonName: "vault", names, validMs: 400 * dayMs }))).toBe(10);
});

test("an authority that openssl made signs under its name as openssl encodes it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "authority-"));
  const [cert, key] = [join(folder, "ca.crt"), join(folder, "ca.key")];
  const make = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-utf8", "-subj", "/CN=Größe CA"];
  await execa("openssl", [...make, "-keyout", key, "-out", cert, "-days", "10"]);
  const made = { cert: await readFile(cert, "utf8"), key: await readFile(key, "utf8") };
  await rm(folder, { recursive: true });
  const { X509Certificate: Parsed } = await import("@peculiar/x509");
  const name = (pem: string, whose: "subjectName" | "issuerName"): string =>
    Buffer.from(new Parsed(pem)[whose].toArrayBuffer()).toString("hex");
  const server = await issueServer(made, { commonName: "vault", names, validMs: dayMs });
  expect(name(server.cert, "issuerName")).toBe(name(made.cert, "subjectName"));
  expect(name(await crossSign(authority, made), "issuerName")).toBe(name(made.cert, "subjectName"));
  expect(name(await crossSign(made, authority), "subjectName")).toBe(name(made.cert, "subjectName"));
});

test("whoever trusts only the authority before this one gets to it by the cross-signed certificate", async () => {
  const next = await newAuthority("CN=next CA, O=vault-k8s", 3650 * dayMs);
  const cross = new X509Certificate(await crossSign(next, authority));
  const server = read(await issueServer(next, { commonName: "vault", names, validMs: dayMs }));
  expect([server.checkIssued(cross), server.verify(cross.publicKey)]).toEqual([true, true]);
  expect([cross.checkIssued(read(authority)), cross.verify(read(authority).publicKey), cross.ca]).toEqual([true, true, true]);
  expect(leftMs(cross)).toBeLessThanOrEqual(leftMs(read(authority)) + 1000);
});
