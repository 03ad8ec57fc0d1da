import { same } from "../../core/resource.ts";
import { untilSettled } from "../../core/settle.ts";
import { failure, kinds } from "../../errors.ts";
import type { KubeObject, ObjectRef, Readers, Writers } from "../../systems/world.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { applyCommand, diffObject, labelled, objectContent } from "../../kubernetes/object.ts";
import { objectId } from "../../kubernetes/object-ref.ts";
import { applying, onObject } from "../../systems/need.ts";
import { ownerLabels } from "../../kubernetes/ownership.ts";
import { expiry, lacking, readCertificate } from "./certificate.ts";
import { coverManagedCommand, managedCommand } from "./commands.ts";
import { certificateNames, heldNames, namesIn, split, type Named } from "./names.ts";
import { ownCertificateRef } from "./own-certificate.ts";
import { secretText } from "../../systems/secret-data.ts";
import type { ServerCertificate } from "./served.ts";

/** The version of cert-manager's API since its 1.0. Documented at https://cert-manager.io/docs/reference/api-docs/ */
export const certManager = "cert-manager.io/v1";

/** The Certificate has the name of its Secret. */
export const certificateRef = ({ namespace, secret: name }: { readonly namespace: string; readonly secret: string }): ObjectRef => ({
  apiVersion: certManager,
  kind: "Certificate",
  namespace,
  name,
});

interface ManagedCertificate {
  readonly vault: Named;
  /** NAME, KIND/NAME or KIND.GROUP/NAME. */
  readonly issuer: string;
  readonly secret: string;
  readonly commonName: string;
  /** How long cert-manager may take to issue it, in milliseconds. */
  readonly withinMs: number;
}

/**
 * A Certificate of cert-manager, which makes and renews the Secret that Vault's pods mount. Applied, it waits until there is one.
 * Throws VK1232 where cert-manager is not there, or does not issue it.
 */
export function managedCertificate(wanted: ManagedCertificate): ServerCertificate {
  const { secret, vault } = wanted;
  const { namespace, release } = vault.install;
  const ref = certificateRef({ namespace, secret });
  const make = async (read: Readers): Promise<KubeObject> => certificateOf(wanted, ref, await allNames(read, wanted));
  const seconds = Math.ceil(wanted.withinMs / 1000);
  const place = ({ kube }: Readers) => ({ context: kube.context, namespace, secret, release });
  const secretRef: ObjectRef = { apiVersion: "v1", kind: "Secret", namespace, name: secret };
  return {
    id: objectId(ref),
    diff: async (read) => {
      await requireManager(read);
      const found = await read.kube.get(ref);
      const diff = diffObject(found, await make(read), read.kube);
      if (found === undefined || diff.kind !== "same") return diff;
      const state = readiness(found);
      if (state !== undefined) return { kind: "update", changes: [{ field: "Ready", before: state, after: "True" }] };
      const certificate = readCertificate(secretText(await read.kube.get(secretRef), "tls.crt"));
      return same(certificate === undefined ? undefined : `by cert-manager, ${expiry(certificate)}`);
    },
    apply: async (write: Writers, say) => {
      await write.kube.apply(await make(write));
      say(`cert-manager issues Certificate ${namespace}/${secret}`);
      await issued(write, ref, wanted);
    },
    needs: () => [
      ...applying(ref),
      ...onObject(secretRef, ["get"]),
      ...onObject({ apiVersion: "v1", kind: "Service", namespace }, ["list"]),
    ],
    content: async (read) => objectContent(await make(read)),
    command: async (read) => managedCommand(applyCommand(await make(read), read.kube.context).lines, place(read), seconds),
    cover: async (read) => coverManagedCommand(place(read), seconds),
  };
}

/**
 * Those that Vault has now, and those that the Certificate before was for, in the order that they have there. Where there is none, a certificate
 * of our own may have been before it.
 */
async function allNames(read: Readers, { vault, secret }: ManagedCertificate): Promise<string[]> {
  const { namespace } = vault.install;
  const [names, found, own] = await Promise.all([
    certificateNames(read, vault),
    read.kube.get(certificateRef({ namespace, secret })),
    read.kube.get(ownCertificateRef({ namespace, secret })),
  ]);
  const before = found === undefined ? namesIn(readCertificate(secretText(own, "tls.crt"))) : namesOf(found);
  const all = new Set([...names, ...(await heldNames(read, before, vault.install))]);
  return [...new Set([...before.filter((name) => all.has(name)), ...all])];
}

function namesOf(certificate: KubeObject): string[] {
  const { dnsNames = [], ipAddresses = [] } = (certificate["spec"] ?? {}) as { dnsNames?: string[]; ipAddresses?: string[] };
  return [...dnsNames, ...ipAddresses];
}

async function requireManager({ kube }: Readers): Promise<void> {
  const apis = await kube.apis();
  if (apis.includes(certManager)) return;
  throw failure(kinds.tlsIssuer, {
    what: `The cluster of context ${kube.context} does not serve ${certManager}`,
    why: "--tls-issuer has cert-manager make Vault's certificate, and cert-manager is not there.",
    fix: "Install cert-manager first, or leave --tls-issuer out: the certificate is then made by vault-k8s.",
  });
}

function certificateOf({ vault, secret, commonName, issuer }: ManagedCertificate, ref: ObjectRef, names: readonly string[]): KubeObject {
  const { dns, ips } = split(names);
  return labelled({
    apiVersion: certManager,
    kind: "Certificate",
    metadata: { name: secret, namespace: vault.install.namespace },
    spec: {
      secretName: secret,
      secretTemplate: { labels: ownerLabels },
      commonName,
      dnsNames: dns,
      ipAddresses: ips,
      duration: hours(vault.tls.validMs),
      renewBefore: hours(vault.tls.renewBeforeMs),
      privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
      usages: ["digital signature", "server auth"],
      issuerRef: issuerRef(issuer),
    },
  });
}

/** As Go writes a duration. */
const hours = (ms: number): string => `${Math.floor(ms / 3_600_000)}h${Math.floor((ms % 3_600_000) / 60_000)}m0s`;

/** The parts of --tls-issuer. Without a kind it is an Issuer in Vault's namespace. */
function issuerRef(issuer: string): { readonly group: string; readonly kind: string; readonly name: string } {
  const [, kind = "Issuer", group = "cert-manager.io", name = issuer] = /^(?:([A-Za-z]+)(?:\.([^/]+))?\/)?(.+)$/.exec(issuer) ?? [];
  return { group, kind, name };
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
}

/** Why it is not ready; undefined where it is. */
function readiness(certificate: KubeObject): string | undefined {
  const { conditions = [] } = (certificate["status"] ?? {}) as { conditions?: readonly Condition[] };
  const { generation } = certificate.metadata as { generation?: number };
  const ready = conditions.find(({ type }) => type === "Ready");
  if (ready?.status === "True" && (ready.observedGeneration ?? generation) === generation) return undefined;
  // While it is being issued, the condition Issuing tells more.
  const given = conditions.filter(({ type, message }) => (type === "Issuing" || type === "Ready") && (message ?? "") !== "");
  return given.map(({ message }) => message).join("; ") || "not looked at yet";
}

/** Waits until the Secret holds a certificate for all the names. */
async function issued(read: Readers, ref: ObjectRef, { withinMs, issuer, secret }: ManagedCertificate): Promise<void> {
  const state = async (): Promise<string | undefined> => {
    const [found, made] = await Promise.all([
      read.kube.get(ref),
      read.kube.get({ ...ref, apiVersion: "v1", kind: "Secret", name: secret }),
    ]);
    const certificate = readCertificate(secretText(made, "tls.crt"));
    if (found === undefined) return "it was deleted";
    const whole = certificate !== undefined && lacking(certificate, namesOf(found)).length === 0;
    return readiness(found) ?? (whole ? undefined : `Secret ${secret} does not hold it yet`);
  };
  const last = await untilSettled(state, (each) => each === undefined, { withinMs, everyMs: 1_000 });
  if (last === undefined) return;
  const { kind, name, group } = issuerRef(issuer);
  throw failure(kinds.tlsIssuer, {
    what: `cert-manager does not issue Certificate ${ref.namespace ?? ""}/${ref.name}`,
    why: `It says: ${last}`,
    fix: `Look: ${kubectl(read.kube, `describe certificate,certificaterequest -n ${ref.namespace ?? ""}`)}\nIs ${kind}.${group} ${name} there, and may it sign names of the inside of a cluster? An authority that everybody trusts does not: name another issuer, or leave --tls-issuer out.`,
  });
}
