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
import { certificateNames, type NameSettings } from "./names.ts";
import type { ServerCertificate } from "./served.ts";
import { secretData, secretText } from "./secret-data.ts";

export interface OwnCertificateSettings extends NameSettings {
  readonly authority: AuthoritySettings;
  readonly secret: string;
  readonly validMs: number;
  /** A new one is made when the old one has less than this left, in milliseconds. */
  readonly renewBeforeMs: number;
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
export function ownCertificate(settings: OwnCertificateSettings): ServerCertificate {
  const ref = ownCertificateRef({ namespace: settings.installNamespace, secret: settings.secret });
  return {
    id: objectId(ref),
    diff: async (read) => {
      const [found, authority, names] = await Promise.all([
        read.kube.get(ref),
        readAuthority(read, settings.authority),
        certificateNames(read, settings),
      ]);
      return diffCertificate({ found, authority, names, settings, id: objectId(ref) });
    },
    apply: async (write: Writers) => void (await write.kube.apply(await secretOf(write, settings, ref))),
    needs: () => [...applying(ref), ...onObject({ apiVersion: "v1", kind: "Service", namespace: settings.installNamespace }, ["list"])],
    content: async (read) => ({ kind: "shell", when: "before", command: certificateCommand(await request(read, settings)) }),
    command: async (read) => certificateCommand(await request(read, settings)),
    cover: async (read, seconds) => coverCommand(await request(read, settings), seconds),
  };
}

async function request(read: Readers, settings: OwnCertificateSettings): Promise<CertificateRequest> {
  const { installNamespace: namespace, secret, release, authority, validMs } = settings;
  const days = Math.ceil(validMs / 86_400_000);
  const names = await certificateNames(read, settings);
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

interface Situation {
  readonly found: KubeObject | undefined;
  readonly authority: Authority | undefined;
  readonly names: readonly string[];
  readonly settings: Pick<OwnCertificateSettings, "renewBeforeMs" | "validMs" | "notBefore">;
  readonly id: string;
}

/** What is wrong with the certificate that is there. */
function diffCertificate({ found, authority, names, settings, id }: Situation): Diff {
  const days = `in ${Math.round(settings.validMs / 86_400_000)} days`;
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
    ...(leftMs(certificate) < settings.renewBeforeMs
      ? [{ field: "expires", before: expiry(certificate).replace(/^expires /, ""), after: days }]
      : []),
    ...(issuedAt(certificate) < (settings.notBefore ?? 0)
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

async function secretOf(write: Readers, settings: OwnCertificateSettings, ref: ObjectRef): Promise<KubeObject> {
  const [authority, names] = await Promise.all([readAuthority(write, settings.authority), certificateNames(write, settings)]);
  if (authority === undefined)
    throw notYet(kinds.tlsSecret, {
      what: `Secret ${settings.installNamespace}/${settings.authority.fullname}-tls-ca holds no certificate authority`,
      fix: "vault-k8s tls makes it.",
    });
  const server = await issueServer(authority, { commonName: settings.authority.fullname, names, validMs: settings.validMs });
  // Whoever knows only the authority before this one gets the way to it.
  const data = secretData({ "tls.crt": server.cert + (authority.cross ?? ""), "tls.key": server.key, "ca.crt": bundle(authority) });
  return labelled({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: ref.name, namespace: settings.installNamespace },
    type: "kubernetes.io/tls",
    data,
  });
}
