import { gone, stays } from "../core/removal.ts";
import type { AppRemoval, KindVersion, RemovalPolicy } from "../systems/removal.ts";
import type { KubeObject, ObjectRef, Readers } from "../systems/world.ts";
import { holdsKeys } from "./custody-secret.ts";
import { deleteCommand, deleteObject, found } from "./gone.ts";
import { isObject, objectId, servedRef } from "./object-ref.ts";
import { isOurs } from "./ownership.ts";

export interface RemovableObject {
  readonly ref: ObjectRef;
  readonly version?: KindVersion | undefined;
  /** What whoever deletes it should know. */
  readonly note?: ((read: Readers) => Promise<string | undefined>) | undefined;
  /** Why one of ours at this name is not what this run made, as can be seen of the object itself. */
  readonly elsewhere?: ((object: KubeObject) => string | undefined) | undefined;
  /** Why it stays although it is ours. */
  readonly stays?: ((read: Readers, policy: RemovalPolicy) => Promise<string | undefined>) | undefined;
}

/** Takes away an object that carries our label. */
export function objectRemoval({ ref, version, note, elsewhere, stays: why }: RemovableObject, policy: RemovalPolicy): AppRemoval {
  const find = async (read: Readers): Promise<KubeObject | undefined> => {
    const apiVersion = version === undefined ? ref.apiVersion : await version(read);
    return apiVersion === undefined ? undefined : found(read, { ...ref, apiVersion });
  };
  return {
    id: objectId(ref),
    takes: (object) => isOurs(object) && isObject(object, ref) && elsewhere?.(object) === undefined,
    look: async (read) => {
      const object = await find(read);
      if (object === undefined) return gone();
      if (!isOurs(object)) return stays("it is not marked as ours");
      if (holdsKeys(object)) return stays("it holds unseal keys");
      const reason = elsewhere?.(object) ?? (await why?.(read, policy));
      return reason === undefined ? { kind: "there", note: await note?.(read) } : stays(reason);
    },
    remove: async (write) => {
      const object = await find(write);
      if (object !== undefined) await deleteObject(write, object, policy.withinMs);
    },
    command: async (read) => deleteCommand(read.kube.context, await servedRef(read, ref, version)),
  };
}
