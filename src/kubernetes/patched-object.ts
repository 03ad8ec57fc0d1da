import { differences, isRecord, type Plain } from "../core/compare.ts";
import { same, type Change } from "../core/resource.ts";
import { word } from "../core/shell.ts";
import type { ObjectRef, Writers } from "../systems/world.ts";
import type { AppResource } from "../systems/step.ts";
import { objectId } from "./object-ref.ts";
import { kubectlIn } from "../systems/kubectl.ts";

/**
 * Some fields of an object, set by a merge patch: for fields that another tool wrote, which a server-side apply of ours would not take over.
 * null takes a field away. https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
 */
export function patchedObject(ref: ObjectRef, patch: Plain): AppResource {
  return {
    id: objectId(ref),
    diff: async ({ kube }) => {
      const found = (await kube.get(ref)) as unknown as Plain | undefined;
      const changes = [...differences(patch, found).filter(({ after }) => after !== undefined), ...removals(patch, found)];
      return changes.length === 0 ? same() : { kind: "update", changes };
    },
    apply: async ({ kube }: Writers) => void (await kube.patch(ref, patch)),
    command: ({ kube }) => ({ lines: patchCommand(kube.context, ref, patch) }),
  };
}

/** Fields that the patch takes away and that are there. */
function removals(patch: Plain, found: Plain | undefined, path = ""): Change[] {
  if (patch === null) return found === undefined ? [] : [{ field: path, before: JSON.stringify(found) }];
  if (!isRecord(patch)) return [];
  return Object.entries(patch).flatMap(([key, value]) =>
    removals(value === undefined ? "" : value, isRecord(found) ? found[key] : undefined, path === "" ? key : `${path}.${key}`),
  );
}

/** kubectl with the same patch. */
export function patchCommand(context: string, { kind, name, namespace }: ObjectRef, patch: Plain): string {
  return `${kubectlIn(context)} patch ${kind.toLowerCase()} ${word(name)}${namespace === undefined ? "" : ` -n ${word(namespace)}`} --type merge -p ${word(JSON.stringify(patch))}`;
}
