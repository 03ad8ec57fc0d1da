import { same } from "../core/resource.ts";
import type { Writers } from "../systems/world.ts";
import type { AppResource } from "../systems/step.ts";
import { applyCommand, labelled, objectContent } from "./object.ts";
import { applying } from "../systems/need.ts";
import { namespaceRemoval } from "./namespace-removal.ts";
import { isOurs } from "./ownership.ts";

/** What a namespace is called as a resource, and where it is taken away. */
export const onNamespace = (name: string): string => `kubernetes Namespace ${name}`;

/** A namespace that must be there. One that somebody else made is used as it is, and never taken over. */
export function namespace(name: string): AppResource {
  const object = labelled({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  return {
    id: onNamespace(name),
    removal: (policy) => namespaceRemoval(name, policy),
    diff: async (read) =>
      (await read.kube.get({ apiVersion: "v1", kind: "Namespace", name })) === undefined ? { kind: "create", changes: [] } : same(),
    needs: () => applying({ apiVersion: "v1", kind: "Namespace", name }),
    apply: async (write: Writers) => void (await write.kube.apply(object)),
    content: async (read) => {
      const found = await read.kube.get({ apiVersion: "v1", kind: "Namespace", name });
      return found === undefined || isOurs(found) ? objectContent(object) : undefined;
    },
    command: (read) => applyCommand(object, read.kube.context),
  };
}
