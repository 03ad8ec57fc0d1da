import { firstSeen } from "../core/first-seen.ts";
import { gone } from "../core/removal.ts";
import { deleteCommand, deleteObject, untilGone } from "../kubernetes/gone.ts";
import { kubectl } from "../kubernetes/kubectl.ts";
import { refOf, uidOf } from "../kubernetes/object-ref.ts";
import type { AppRemoval, RemovalPolicy } from "../systems/removal.ts";
import type { KubeObject, Readers, Writers } from "../systems/world.ts";
import type { ConsumerObjects, ReadBy } from "./consumer-objects.ts";
import { externalSecrets, isOfWiring, nameOf } from "./external-secrets.ts";

/**
 * Takes away the ExternalSecrets of a wiring, also those that this run does not name. Their Secrets are owned by them, so Kubernetes deletes
 * those too, unless they are made orphans: https://external-secrets.io/latest/guides/ownership-deletion-policy
 */
export function externalSecretsRemoval(objects: ConsumerObjects, by: ReadBy, { keepSecrets, withinMs }: RemovalPolicy): AppRemoval {
  const isOne = (object: KubeObject): boolean => isOfWiring(object, objects, by);
  const ours = firstSeen(async (read: Readers) => (await externalSecrets(read, objects)).filter(isOne), uidOf);
  return {
    id: "kubernetes ExternalSecrets",
    takes: (object) => isOne(object) && ours.has(object),
    orphans: keepSecrets,
    look: async (read) => {
      const all = await ours.list(read);
      const changes = all.map((object) => ({ field: nameOf(object), before: keepSecrets ? "synced" : "synced, with its Secret" }));
      const note = keepSecrets ? "their Secrets stay as they are, and are no longer updated" : "their Secrets are deleted too";
      return all.length === 0 ? gone() : { kind: "there", changes, note };
    },
    remove: async (write, say) => {
      for (const object of await ours.list(write)) {
        say(`deleting ExternalSecret ${nameOf(object)}`);
        await deleteObject(write, object, withinMs, { orphan: keepSecrets });
        if (!keepSecrets) await ownedGone(write, object, withinMs);
      }
    },
    command: async (read) => {
      const flags = keepSecrets ? " --cascade=orphan" : "";
      const lines = (await ours.list(read)).map((object) => deleteCommand(read.kube.context, refOf(object), flags).lines);
      return { lines: lines.join("\n") };
    },
  };
}

/** Kubernetes takes away what an object owned a moment after it: until then it would keep its namespace. */
async function ownedGone({ kube }: Writers, { metadata: { namespace, uid } }: KubeObject, withinMs: number): Promise<void> {
  const owned = async (): Promise<string[]> => {
    const secrets = await kube.list({ apiVersion: "v1", kind: "Secret", namespace });
    return secrets
      .filter(({ metadata: { ownerReferences = [] } }) => ownerReferences.some((owner) => owner.uid === uid))
      .map((secret) => `Secret ${nameOf(secret)}`);
  };
  await untilGone(owned, withinMs, kubectl(kube, `get secrets -n ${namespace ?? ""}`));
}
