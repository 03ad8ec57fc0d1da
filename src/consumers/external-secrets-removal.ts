import { firstSeen } from "../core/first-seen.ts";
import { gone, type RemovalState } from "../core/removal.ts";
import { deleteCommand, deleteObject, untilGone } from "../kubernetes/gone.ts";
import { kubectl } from "../kubernetes/kubectl.ts";
import { refOf, uidOf } from "../kubernetes/object-ref.ts";
import type { AppRemoval, RemovalPolicy } from "../systems/removal.ts";
import type { KubeObject, Readers, Writers } from "../systems/world.ts";
import type { ConsumerObjects, ReadBy, StoreRef } from "./consumer-objects.ts";
import { externalSecrets, isOfWiring, nameOf } from "./external-secrets.ts";
import { keepSecrets, secretsOf } from "./kept-secrets.ts";
import { aroundCommand, stoppedByUs, whileStopped, type Controllers } from "./stopped-controllers.ts";

/** ExternalSecrets of a wiring, and what is at work on them. */
export interface ExternalSecretsOf {
  readonly objects: ConsumerObjects;
  readonly by: ReadBy;
  /** Stores of that name that are not of this wiring: what reads by them is not either. */
  storesElsewhere(read: Readers): Promise<readonly StoreRef[]>;
  /** What has to stand still while Secrets are to stay; undefined where nothing has to. */
  readonly controllers: Controllers | undefined;
}

/**
 * Takes away the ExternalSecrets of a wiring, also those that this run does not name. Their Secrets are owned by them, so Kubernetes deletes
 * those too, unless they are made orphans: https://external-secrets.io/latest/guides/ownership-deletion-policy
 */
export function externalSecretsRemoval(
  { objects, by, storesElsewhere, controllers }: ExternalSecretsOf,
  { keepSecrets, withinMs }: RemovalPolicy,
): AppRemoval {
  const isOne = (object: KubeObject): boolean => isOfWiring(object, objects, by);
  const ours = firstSeen(async (read: Readers) => {
    const [all, elsewhere] = await Promise.all([externalSecrets(read, objects), storesElsewhere(read)]);
    const here = { ...by, stores: by.stores.filter((store) => !elsewhere.includes(store)) };
    return all.filter((object) => isOfWiring(object, objects, here));
  }, uidOf);
  const still = keepSecrets ? controllers : undefined;
  return {
    id: "kubernetes ExternalSecrets",
    takes: (object) => isOne(object) && ours.has(object),
    orphans: keepSecrets,
    look: async (read) => {
      const all = await ours.list(read);
      if (all.length === 0) return standing(still === undefined ? [] : await stoppedByUs(read, still));
      const changes = all.map((object) => ({ field: nameOf(object), before: keepSecrets ? "synced" : "synced, with its Secret" }));
      return { kind: "there", changes, note: noteOn(keepSecrets, still) };
    },
    remove: async (write, say) => {
      const all = await ours.list(write);
      const removeAll = async (): Promise<void> => {
        for (const object of all) {
          say(`deleting ExternalSecret ${nameOf(object)}`);
          await (keepSecrets ? removeKeeping(write, object, withinMs) : removeWhole(write, object, withinMs));
        }
      };
      await (still === undefined ? removeAll() : whileStopped(write, still, say, removeAll));
    },
    command: async (read) => {
      const flags = keepSecrets ? " --cascade=orphan" : "";
      const lines = (await ours.list(read)).map((object) => deleteCommand(read.kube.context, refOf(object), flags).lines).join("\n");
      return { lines: still === undefined ? lines : await aroundCommand(read, still, lines) };
    },
  };
}

/** Nothing is to be taken away; what an earlier run left standing still is started. */
const standing = (stopped: readonly KubeObject[]): RemovalState =>
  stopped.length === 0
    ? gone()
    : {
        kind: "there",
        changes: stopped.map((controller) => ({ field: `deployment ${nameOf(controller)}`, before: "stopped by an earlier run" })),
        note: "they are gone, and their controller is started again",
      };

function noteOn(keepSecrets: boolean, still: Controllers | undefined): string {
  if (!keepSecrets) return "their Secrets are deleted too";
  const stays = "their Secrets stay as they are, and are no longer updated";
  return still === undefined ? stays : `${stays}; their controller stands still meanwhile`;
}

async function removeKeeping(write: Writers, object: KubeObject, withinMs: number): Promise<void> {
  const kept = await secretsOf(write, object);
  await deleteObject(write, object, withinMs, { orphan: true });
  await keepSecrets(write, kept, object, withinMs);
}

async function removeWhole(write: Writers, object: KubeObject, withinMs: number): Promise<void> {
  await deleteObject(write, object, withinMs, { orphan: false });
  await ownedGone(write, object, withinMs);
}

/** Kubernetes takes away what an object owned a moment after it: until then it would keep its namespace. */
async function ownedGone(write: Writers, object: KubeObject, withinMs: number): Promise<void> {
  const owned = async (): Promise<string[]> => (await secretsOf(write, object)).map((secret) => `Secret ${nameOf(secret)}`);
  await untilGone(owned, withinMs, kubectl(write.kube, `get secrets -n ${object.metadata.namespace ?? ""}`));
}
