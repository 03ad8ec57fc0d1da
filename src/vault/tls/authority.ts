import { conflict, same, type Change, type Command, type Diff } from "../../core/resource.ts";
import type { KubeObject, ObjectRef, Readers, Writers } from "../../systems/world.ts";
import type { AppResource } from "../../systems/step.ts";
import { labelled } from "../../kubernetes/object.ts";
import { objectId } from "../../kubernetes/object-ref.ts";
import { applying } from "../../systems/need.ts";
import { isOurs } from "../../kubernetes/ownership.ts";
import { authorityCommand } from "./commands.ts";
import { blocksOf, expiry, leftMs, readCertificate } from "./certificate.ts";
import { crossSign, newAuthority, type Pair } from "./issue.ts";
import { secretData, secretText } from "../../systems/secret-data.ts";

/** An authority lives ten years: its certificate is what consumers trust, and a new one has to reach all of them. */
const validMs = 3650 * 86_400_000;

export interface AuthoritySettings {
  readonly namespace: string;
  /** The name that Vault's chart gives its objects. */
  readonly fullname: string;
  /** A new one is made when the old one has less than this left, in milliseconds. */
  readonly renewBeforeMs: number;
}

/** The name of the authority's Secret. */
export const authoritySecret = ({ fullname }: Pick<AuthoritySettings, "fullname">): string => `${fullname}-tls-ca`;

export const authorityRef = ({ namespace, fullname }: Pick<AuthoritySettings, "namespace" | "fullname">): ObjectRef => ({
  apiVersion: "v1",
  kind: "Secret",
  namespace,
  name: authoritySecret({ fullname }),
});

/** What the authority's Secret holds. */
export interface Authority extends Pair {
  /** The authority before it, while that is still valid. */
  readonly previous: string | undefined;
  /** This authority, signed by the one before it. */
  readonly cross: string | undefined;
}

/** Reads the authority; undefined where there is none that can be used. */
export async function readAuthority(read: Readers, settings: AuthoritySettings): Promise<Authority | undefined> {
  return authorityIn(await read.kube.get(authorityRef(settings)));
}

function authorityIn(secret: KubeObject | undefined): Authority | undefined {
  const [cert, key] = [secretText(secret, "tls.crt"), secretText(secret, "tls.key")];
  if (cert === undefined || key === undefined || readCertificate(cert) === undefined) return undefined;
  const previous = secretText(secret, "previous.crt");
  const old = readCertificate(previous);
  const good = old !== undefined && leftMs(old) > 0;
  return { cert, key, previous: good ? previous : undefined, cross: good ? secretText(secret, "cross.crt") : undefined };
}

/** What consumers are to trust: the authority, and the one before it while that is valid. */
export const bundle = ({ cert, previous }: Authority): string => cert + (previous ?? "");

/**
 * Our own certificate authority. Its key stands in this Secret and nowhere else: not in the Secret that Vault's pods mount, and
 * not on this machine. A new authority is also signed by the old one, so that consumers that know only the old one go on.
 */
export function certificateAuthority(settings: AuthoritySettings): AppResource {
  const place = authorityRef(settings);
  const command = ({ kube }: Readers): Command =>
    authorityCommand(
      { context: kube.context, namespace: settings.namespace },
      place.name,
      `/O=vault-k8s/CN=${settings.fullname} ${settings.namespace} CA`,
    );
  return {
    id: objectId(place),
    diff: async (read) => diffAuthority(await read.kube.get(place), settings, place),
    apply: async (write: Writers) => {
      const before = authorityIn(await write.kube.get(place));
      await write.kube.apply(await secretOf(settings, place, before));
    },
    needs: () => applying(place),
    content: (read) => Promise.resolve({ kind: "shell", when: "before", command: command(read) }),
    command,
  };
}

function diffAuthority(found: KubeObject | undefined, { renewBeforeMs }: AuthoritySettings, place: ObjectRef): Diff {
  if (found === undefined) return { kind: "create", changes: [{ field: "authority", after: "a new one, valid for ten years" }] };
  if (!isOurs(found))
    return conflict(`${objectId(place)} exists and is not ours`, "Name your own certificate with --tls-secret, or remove that Secret.");
  const certificate = readCertificate(authorityIn(found)?.cert);
  if (certificate === undefined) return { kind: "update", changes: [change("cannot be read")] };
  return leftMs(certificate) < renewBeforeMs
    ? { kind: "update", changes: [change(expiry(certificate))] }
    : same(`authority ${expiry(certificate)}`);
}

const change = (before: string): Change => ({ field: "authority", before, after: "a new one, valid for ten years" });

async function secretOf({ fullname, namespace }: AuthoritySettings, place: ObjectRef, before: Authority | undefined): Promise<KubeObject> {
  // The time is in the name: two authorities with one name would be mistaken for each other.
  const next = await newAuthority(`CN=${fullname} ${namespace} CA ${new Date().toISOString().replace(/[:.]/g, "")}, O=vault-k8s`, validMs);
  const old = readCertificate(before?.cert);
  const good = before !== undefined && old !== undefined && leftMs(old) > 0 ? before : undefined;
  const data = secretData({
    "tls.crt": next.cert,
    "tls.key": next.key,
    "previous.crt": good && blocksOf(good.cert)[0]?.concat("\n"),
    "cross.crt": good && (await crossSign(next, good)),
  });
  return labelled({ apiVersion: "v1", kind: "Secret", metadata: { name: place.name, namespace }, type: "kubernetes.io/tls", data });
}
