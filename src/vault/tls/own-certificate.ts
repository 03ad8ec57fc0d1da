import { conflict, same, type Change, type Diff } from "../../core/resource.ts";
import { kinds, notYet } from "../../errors.ts";
import type { KubeObject, ObjectRef, Readers, Writers } from "../../systems/world.ts";
import { labelled } from "../../kubernetes/object.ts";
import { objectId } from "../../kubernetes/object-ref.ts";
import { applying, onObject } from "../../systems/need.ts";
import { isOurs } from "../../kubernetes/ownership.ts";
import { authoritySecret, bundle, readAuthority, type Authority, type AuthoritySettings } from "./authority.ts";
import { certificateCommand, coverCommand, type CertificateRequest } from "./commands.ts";
import { blocksOf, expiry, lacking, leftMs, readCertificate } from "./certificate.ts";
import { issuedAt, issueServer, signedBy } from "./issue.ts";
import { certificateNames, heldNames, namesIn, type Named } from "./names.ts";
import type { ServerCertificate } from "./served.ts";
import { secretData, secretText } from "../../systems/secret-data.ts";

interface OwnCertificate {
  readonly vault: Named;
  readonly authority: AuthoritySettings;
  readonly secret: string;
  /** A new one is made where the old one was made before this time (milliseconds since 1970). */
  readonly notBefore?: number | undefined;
}

/** Of the Secret that Vault's pods mount. */
export const ownCertificateRef = ({ namespace, secret: name }: { readonly namespace: string; readonly secret: string }): ObjectRef => ({
  apiVersion: "v1",
  kind: "Secret",
  namespace,
  name,
});

/** The server certificate that our own authority signs, in the Secret that Vault's pods mount. */
export function ownCertificate(wanted: OwnCertificate): ServerCertificate {
  const { namespace } = wanted.vault.install;
  const ref = ownCertificateRef({ namespace, secret: wanted.secret });
  return {
    id: objectId(ref),
    diff: async (read) => {
      const [found, authority, names] = await Promise.all([
        read.kube.get(ref),
        readAuthority(read, wanted.authority),
        certificateNames(read, wanted.vault),
      ]);
      return diffCertificate({ found, authority, names, wanted, id: objectId(ref) });
    },
    apply: async (write: Writers) => void (await write.kube.apply(await secretOf(write, wanted, ref))),
    needs: () => [...applying(ref), ...onObject({ apiVersion: "v1", kind: "Service", namespace }, ["list"])],
    content: async (read) => ({ kind: "shell", when: "before", command: certificateCommand(await request(read, wanted)) }),
    command: async (read) => certificateCommand(await request(read, wanted)),
    cover: async (read, seconds) => coverCommand(await request(read, wanted), seconds),
  };
}

async function request(read: Readers, { vault, secret, authority }: OwnCertificate): Promise<CertificateRequest> {
  const { namespace, release } = vault.install;
  const days = Math.ceil(vault.tls.validMs / 86_400_000);
  const names = await allNames(read, { vault, secret });
  return {
    context: read.kube.context,
    namespace,
    secret,
    release,
    authority: authoritySecret(authority),
    commonName: authority.fullname,
    names,
    days,
  };
}

/** Those that Vault has now, and those that the certificate before was for. */
async function allNames(read: Readers, { vault, secret }: Pick<OwnCertificate, "vault" | "secret">): Promise<string[]> {
  const ref = ownCertificateRef({ namespace: vault.install.namespace, secret });
  const [names, found] = await Promise.all([certificateNames(read, vault), read.kube.get(ref)]);
  const held =
    found === undefined || !isOurs(found)
      ? []
      : await heldNames(read, namesIn(readCertificate(secretText(found, "tls.crt"))), vault.install);
  return [...new Set([...names, ...held])];
}

interface Situation {
  readonly found: KubeObject | undefined;
  readonly authority: Authority | undefined;
  readonly names: readonly string[];
  readonly wanted: OwnCertificate;
  readonly id: string;
}

/** What is wrong with the certificate that is there. */
function diffCertificate({ found, authority, names, wanted, id }: Situation): Diff {
  const { tls } = wanted.vault;
  const days = `in ${Math.round(tls.validMs / 86_400_000)} days`;
  if (found === undefined)
    return {
      kind: "create",
      changes: [
        { field: "names", after: names.join(", ") },
        { field: "expires", after: days },
      ],
    };
  if (!isOurs(found)) return conflict(`${id} exists and is not ours`, "Use it with --tls-secret, or remove it.");
  const certificate = readCertificate(secretText(found, "tls.crt"));
  if (certificate === undefined || secretText(found, "tls.key") === undefined)
    return { kind: "update", changes: [{ field: "certificate", before: "cannot be read", after: "a new one" }] };
  const missing = lacking(certificate, names);
  const changes: Change[] = [
    ...(missing.length > 0 ? [{ field: "names", before: "without them", after: missing.join(", ") }] : []),
    ...(leftMs(certificate) < tls.renewBeforeMs
      ? [{ field: "expires", before: expiry(certificate).replace(/^expires /, ""), after: days }]
      : []),
    ...(issuedAt(certificate) < (wanted.notBefore ?? 0)
      ? [{ field: "made", before: new Date(issuedAt(certificate)).toISOString(), after: "now (--tls-renew)" }]
      : []),
    ...authorityChanges(found, authority),
  ];
  return changes.length === 0 ? same(`certificate ${expiry(certificate)}`) : { kind: "update", changes };
}

function authorityChanges(found: KubeObject, authority: Authority | undefined): Change[] {
  if (authority === undefined) return [];
  const signed = signedBy(blocksOf(secretText(found, "tls.crt") ?? "")[0] ?? "", authority.cert);
  if (!signed) return [{ field: "issuer", before: "another authority", after: "the authority of now" }];
  return secretText(found, "ca.crt") === bundle(authority)
    ? []
    : [{ field: "ca.crt", before: "other authorities", after: "the authorities that are valid now" }];
}

async function secretOf(write: Readers, wanted: OwnCertificate, ref: ObjectRef): Promise<KubeObject> {
  const { vault } = wanted;
  const { namespace } = vault.install;
  const [authority, names] = await Promise.all([readAuthority(write, wanted.authority), allNames(write, { vault, secret: ref.name })]);
  if (authority === undefined)
    throw notYet(kinds.tlsSecret, {
      what: `Secret ${namespace}/${wanted.authority.fullname}-tls-ca holds no certificate authority`,
      fix: "vault-k8s tls makes it.",
    });
  const server = await issueServer(authority, { commonName: wanted.authority.fullname, names, validMs: vault.tls.validMs });
  // Whoever knows only the authority before this one gets the way to it.
  const data = secretData({ "tls.crt": server.cert + (authority.cross ?? ""), "tls.key": server.key, "ca.crt": bundle(authority) });
  return labelled({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: ref.name, namespace },
    type: "kubernetes.io/tls",
    data,
  });
}
