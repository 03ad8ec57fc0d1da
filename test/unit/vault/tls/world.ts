import type { KubeObject, ObjectRef, Readers, Writers } from "../../../../src/systems/world.ts";
import { secretData } from "../../../../src/systems/secret-data.ts";

/** A cluster of objects that are only kept. */
export interface Kept {
  readonly objects: Map<string, KubeObject>;
  readonly read: Readers;
  readonly write: Writers;
}

const keyOf = ({ kind, namespace, name }: ObjectRef): string => `${kind} ${namespace ?? ""}/${name}`;

/** A world in which objects are only kept; `apis` are what it serves besides. */
export function keeping(apis: readonly string[] = []): Kept {
  const objects = new Map<string, KubeObject>();
  const kube = {
    context: "prod",
    get: (ref: ObjectRef) => Promise.resolve(objects.get(keyOf(ref))),
    list: ({ kind }: { kind: string }) => Promise.resolve([...objects.values()].filter((object) => object.kind === kind)),
    apis: () => Promise.resolve(apis),
    apply: (object: KubeObject) => {
      objects.set(keyOf({ ...object, ...object.metadata }), object);
      return Promise.resolve(object);
    },
  };
  const world = { kube } as unknown as Writers;
  return { objects, read: world, write: world };
}

/** A Secret in namespace vault. */
export const secret = (name: string, data: Readonly<Record<string, string | undefined>>): KubeObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace: "vault" },
  data: secretData(data),
});
