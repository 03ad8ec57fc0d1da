import { untilSettled } from "../core/settle.ts";
import { failure, kinds } from "../errors.ts";
import { kubectl } from "../kubernetes/kubectl.ts";
import { refOf } from "../kubernetes/object-ref.ts";
import type { KubeObject, Readers, Writers } from "../systems/world.ts";
import { nameOf } from "./external-secrets.ts";

/** The Secrets that an object owns, as they are. */
export async function secretsOf({ kube }: Readers, { metadata: { namespace, uid = "" } }: KubeObject): Promise<KubeObject[]> {
  const secrets = await kube.list({ apiVersion: "v1", kind: "Secret", namespace });
  return secrets.filter((secret) => isOwnedBy(secret, uid));
}

/**
 * Sees that Secrets are there, without an owner that has gone: a controller that was at work on them may have written it back, or may have
 * taken them away. Throws VK1010 naming those that are not.
 * @param kept As they were before their owner went.
 */
export async function keepSecrets(write: Writers, kept: readonly KubeObject[], owner: KubeObject, withinMs: number): Promise<void> {
  const { uid = "" } = owner.metadata;
  const mend = async (): Promise<KubeObject[]> => {
    const safe = await Promise.all(kept.map((secret) => isSafe(write, secret, uid)));
    return kept.filter((_, index) => safe[index] === false);
  };
  const left = await untilSettled(mend, (unsafe) => unsafe.length === 0, { withinMs, everyMs: 300 });
  if (left.length === 0) return;
  throw failure(kinds.timedOut, {
    what: `Secrets that are to stay are taken away again and again: ${left.map(nameOf).join(", ")}`,
    why: `Something writes them as owned by ExternalSecret ${nameOf(owner)}, which is gone, or deletes them.`,
    fix: `Stop what syncs them, then run the same command again. Look: ${kubectl(write.kube, `get secrets -n ${owner.metadata.namespace ?? ""} -o yaml`)}`,
  });
}

/** Whether it was as it is to be; else it is made so, and wants another look. */
async function isSafe({ kube }: Writers, secret: KubeObject, owner: string): Promise<boolean> {
  const found = await kube.get(refOf(secret));
  if (found === undefined) await kube.create(asNew(secret, owner));
  else if (isOwnedBy(found, owner)) await kube.replace(without(found, owner));
  else return true;
  return false;
}

const isOwnedBy = ({ metadata: { ownerReferences = [] } }: KubeObject, uid: string): boolean =>
  ownerReferences.some((owner) => owner.uid === uid);

const without = (secret: KubeObject, owner: string): KubeObject => ({
  ...secret,
  metadata: { ...secret.metadata, ownerReferences: secret.metadata.ownerReferences?.filter(({ uid }) => uid !== owner) ?? [] },
});

/** The same Secret for a server that gives it its own UID and version. */
function asNew(secret: KubeObject, owner: string): KubeObject {
  const { name, namespace = "", labels, annotations, ownerReferences = [] } = without(secret, owner).metadata;
  const metadata = {
    name,
    namespace,
    ownerReferences,
    ...(labels !== undefined && { labels }),
    ...(annotations !== undefined && { annotations }),
  };
  const { status: _status, ...rest } = secret;
  return { ...rest, metadata };
}
