import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { LAB } from "../inside.ts";
import type { Cluster } from "../inside.ts";

const run = promisify(execFile);
const PKI = join(LAB, "pki");

interface Certificate {
  readonly file: string;
  readonly subject: string;
  readonly names?: string;
}

/** The path of a key or certificate of the cluster. */
export function pki(file: string): string {
  return join(PKI, file);
}

/** Makes the cluster's certificate authority, everybody's certificates and the key that signs tokens. */
export async function makeCertificates(cluster: Cluster): Promise<void> {
  mkdirSync(PKI, { mode: 0o700 });
  await makeAuthority(cluster.spec.name);
  await Promise.all([makeTokenKey(), ...certificates(cluster).map(makeCertificate)]);
}

function certificates({ spec, node }: Cluster): Certificate[] {
  const names = ["kubernetes", "kubernetes.default", "kubernetes.default.svc"];
  const hosts = [...names, "kubernetes.default.svc.cluster.local", "localhost"].map((name) => `DNS:${name}`);
  const addresses = ["127.0.0.1", spec.firstService, spec.nodeAddress].map((address) => `IP:${address}`);
  return [
    {
      file: "api-server",
      subject: "/CN=kube-apiserver",
      names: [...hosts, ...addresses].join(","),
    },
    { file: "admin", subject: "/O=system:masters/CN=admin" },
    // The lab's own requests have a name of their own in the audit log.
    { file: "lab", subject: "/O=system:masters/CN=lab" },
    { file: "kubelet-client", subject: "/O=system:masters/CN=kube-apiserver-kubelet-client" },
    { file: "controller-manager", subject: "/CN=system:kube-controller-manager" },
    { file: "scheduler", subject: "/CN=system:kube-scheduler" },
    { file: "proxy", subject: "/CN=system:kube-proxy" },
    { file: "kubelet", subject: `/O=system:nodes/CN=system:node:${node}` },
  ];
}

async function makeAuthority(name: string): Promise<void> {
  const usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];
  await openssl("req", "-x509", ...newKey("ca"), "-subj", `/CN=${name}-ca`, ...usage);
}

async function makeCertificate({ file, subject, names }: Certificate): Promise<void> {
  const usage = names === undefined ? "clientAuth" : "serverAuth";
  const extensions = [`extendedKeyUsage=${usage}`, "basicConstraints=critical,CA:FALSE"];
  if (names !== undefined) extensions.push(`subjectAltName=${names}`);
  const extra = extensions.flatMap((extension) => ["-addext", extension]);
  await openssl("req", "-x509", "-CA", pki("ca.crt"), "-CAkey", pki("ca.key"), ...newKey(file), "-subj", subject, ...extra);
}

function newKey(file: string): string[] {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  return [...key, "-days", "365", "-keyout", pki(`${file}.key`), "-out", pki(`${file}.crt`)];
}

async function makeTokenKey(): Promise<void> {
  await openssl("genrsa", "-out", pki("tokens.key"), "2048");
  await openssl("rsa", "-in", pki("tokens.key"), "-pubout", "-out", pki("tokens.pub"));
}

async function openssl(...args: string[]): Promise<void> {
  await run("openssl", args);
}
