import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { stringify } from "yaml";
import type { LabState } from "../api.ts";
import { newAuthority, newKey, openssl, pair, serverExtensions } from "./openssl.ts";
import { kubectl, kubectlJson } from "./product.ts";

/** What is read of a Certificate: https://cert-manager.io/docs/reference/api-docs/ */
interface Certificate {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly generation: number };
  readonly spec: {
    readonly secretName: string;
    readonly secretTemplate?: { readonly labels?: Readonly<Record<string, string>> };
    readonly commonName: string;
    readonly dnsNames: readonly string[];
    readonly ipAddresses: readonly string[];
    readonly duration: string;
    readonly issuerRef: { readonly name: string; readonly kind: string; readonly group: string };
  };
  readonly status?: {
    readonly revision?: number;
    readonly conditions?: readonly { type: string; status: string; observedGeneration: number }[];
  };
}

/** A stand-in for cert-manager: its kinds, and a loop that issues for ClusterIssuer `lab` alone, with openssl. */
export interface StandIn {
  /** PEM of its authority. */
  readonly ca: string;
  /** Issues all of them once more, as cert-manager does before they expire. */
  renew(): void;
  stop(): Promise<void>;
}

const text = { type: "string" } as const;
const texts = { type: "array", items: text } as const;
const object = (properties: object) => ({ type: "object", properties });

/** Only the fields that are used, of the type that cert-manager's own definition gives them; another field is refused by a strict server. */
const specs = {
  Certificate: object({
    secretName: text,
    secretTemplate: object({ labels: { type: "object", additionalProperties: text } }),
    commonName: text,
    dnsNames: texts,
    ipAddresses: texts,
    duration: text,
    renewBefore: text,
    privateKey: object({
      algorithm: { ...text, enum: ["RSA", "ECDSA", "Ed25519"] },
      size: { type: "integer" },
      rotationPolicy: { ...text, enum: ["Never", "Always"] },
    }),
    usages: { type: "array", items: { ...text, enum: ["digital signature", "key encipherment", "server auth", "client auth"] } },
    issuerRef: { ...object({ name: text, kind: text, group: text }), required: ["name"] },
  }),
  Issuer: object({ ca: object({ secretName: text }) }),
  ClusterIssuer: object({ ca: object({ secretName: text }) }),
};

const definition = (kind: keyof typeof specs, plural: string) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${plural}.cert-manager.io` },
  spec: {
    group: "cert-manager.io",
    scope: kind === "ClusterIssuer" ? "Cluster" : "Namespaced",
    names: { kind, plural, singular: kind.toLowerCase() },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: object({ spec: specs[kind], status: { type: "object", "x-kubernetes-preserve-unknown-fields": true } }),
        },
      },
    ],
  },
});

const kinds = [definition("Certificate", "certificates"), definition("Issuer", "issuers"), definition("ClusterIssuer", "clusterissuers")];

/** Makes the kinds and ClusterIssuer `lab`, and begins to issue. */
export async function standIn(lab: LabState, context: string): Promise<StandIn> {
  const folder = await mkdtemp(join(tmpdir(), "stand-in-"));
  const documents = (objects: readonly object[]): string => objects.map((each) => stringify(each)).join("---\n");
  await kubectl(lab, context, ["apply", "-f", "-"], { input: documents(kinds) });
  await kubectl(lab, context, [
    "wait",
    "--for=condition=Established",
    "--timeout=60s",
    ...kinds.map(({ metadata }) => `crd/${metadata.name}`),
  ]);
  const issuer = {
    apiVersion: "cert-manager.io/v1",
    kind: "ClusterIssuer",
    metadata: { name: "lab" },
    spec: { ca: { secretName: "lab" } },
  };
  await kubectl(lab, context, ["apply", "-f", "-"], { input: stringify(issuer) });
  await newAuthority(folder, 10, "stand-in");
  const { cert: ca } = await pair(folder, "ca");
  const ending = new AbortController();
  let wanted = 1;
  const loop = (async () => {
    while (!ending.signal.aborted) {
      const { items } = await kubectlJson<{ items: Certificate[] }>(lab, context, ["get", "certificates.cert-manager.io", "-A"]);
      for (const each of items) await look(lab, context, { folder, ca, certificate: each, wanted });
      await delay(500, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  })();
  return {
    ca,
    renew: () => void (wanted += 1),
    stop: async () => {
      ending.abort();
      await loop;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Looked {
  readonly folder: string;
  readonly ca: string;
  readonly certificate: Certificate;
  readonly wanted: number;
}

async function look(lab: LabState, context: string, { folder, ca, certificate, wanted }: Looked): Promise<void> {
  const { metadata, spec, status = {} } = certificate;
  const ready = status.conditions?.find(({ type }) => type === "Ready");
  if (ready?.observedGeneration === metadata.generation && (ready.status === "False" || (status.revision ?? 0) >= wanted)) return;
  const known = spec.issuerRef.kind === "ClusterIssuer" && spec.issuerRef.name === "lab";
  if (known) await issue(lab, context, { folder, ca, certificate });
  const condition = {
    type: "Ready",
    status: known ? "True" : "False",
    reason: known ? "Ready" : "DoesNotExist",
    message: known ? "Certificate is up to date and has not expired" : "Issuing certificate as Secret does not exist",
    observedGeneration: metadata.generation,
    lastTransitionTime: new Date().toISOString(),
  };
  const patch = { status: { conditions: [condition], ...(known && { revision: wanted }) } };
  const where = ["-n", metadata.namespace, "certificates.cert-manager.io", metadata.name];
  await kubectl(lab, context, ["patch", ...where, "--subresource=status", "--type=merge", "-p", JSON.stringify(patch)]);
}

async function issue(
  lab: LabState,
  context: string,
  { folder, ca, certificate: { metadata, spec } }: Omit<Looked, "wanted">,
): Promise<void> {
  const names = [...spec.dnsNames.map((name) => `DNS:${name}`), ...spec.ipAddresses.map((ip) => `IP:${ip}`)].join(",");
  await writeFile(join(folder, "ext"), serverExtensions(names));
  await openssl(folder, ["req", "-new", ...newKey, "-keyout", "tls.key", "-out", "tls.csr", "-subj", `/CN=${spec.commonName}`]);
  const days = String(Math.min(9, Math.ceil(Number.parseInt(spec.duration, 10) / 24)));
  const sign = ["x509", "-req", "-in", "tls.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", days, "-extfile", "ext"];
  await openssl(folder, [...sign, "-out", "tls.crt"]);
  const { cert, key } = await pair(folder, "tls");
  const base64 = (pem: string): string => Buffer.from(pem).toString("base64");
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: spec.secretName, namespace: metadata.namespace, labels: spec.secretTemplate?.labels },
    type: "kubernetes.io/tls",
    data: { "tls.crt": base64(cert), "tls.key": base64(key), "ca.crt": base64(ca) },
  };
  await kubectl(lab, context, ["apply", "--server-side", "--force-conflicts", "--field-manager=cert-manager", "-f", "-"], {
    input: stringify(secret),
  });
}
