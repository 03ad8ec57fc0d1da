import { word } from "../../core/shell.ts";
import type { Command } from "../../core/resource.ts";
import { CliError } from "../../core/errors.ts";
import { kinds } from "../../errors.ts";
import type { KubeObject, ObjectRef, Readers } from "../../systems/world.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { objectId } from "../../kubernetes/object.ts";
import { isOurs } from "../../kubernetes/ownership.ts";
import { gone, stays, untilGone, type Leaving } from "./absent.ts";

export interface ObjectLeaving {
  readonly ref: ObjectRef;
  /** The version to ask for, where it depends on the cluster; undefined where the kind is not served. */
  readonly apiVersion?: (read: Readers) => Promise<string | undefined>;
  /** What whoever deletes it should know. */
  readonly note?: (read: Readers) => Promise<string | undefined>;
  readonly withinMs: number;
}

/** An object in Kubernetes that carries our label. */
export function leavingObject({ ref, apiVersion, note, withinMs }: ObjectLeaving): Leaving {
  const find = async (read: Readers): Promise<KubeObject | undefined> => {
    const version = apiVersion === undefined ? ref.apiVersion : await apiVersion(read);
    return version === undefined ? undefined : found(read, { ...ref, apiVersion: version });
  };
  return {
    id: objectId(ref),
    look: async (read) => {
      const object = await find(read);
      if (object === undefined) return gone();
      return isOurs(object) ? { kind: "there", note: await note?.(read) } : stays("it is not marked as ours");
    },
    remove: async (write) => {
      const object = await find(write);
      if (object === undefined) return;
      await write.kube.remove({ ...ref, apiVersion: object.apiVersion });
      await untilGone(async () => ((await find(write)) === undefined ? [] : [objectId(ref)]), withinMs, stuck(write.kube, object, ref));
    },
    command: ({ kube }) => deleteCommand(kube.context, ref),
  };
}

/** An object whose kind may not be served any more. */
export async function found(read: Readers, ref: ObjectRef): Promise<KubeObject | undefined> {
  try {
    return await read.kube.get(ref);
  } catch (error) {
    if (error instanceof CliError && error.kind === kinds.notServed) return undefined;
    throw error;
  }
}

/** What to do about an object that does not go. */
export const stuck = (
  kube: Readers["kube"],
  { metadata: { finalizers = [] } }: Pick<KubeObject, "metadata">,
  { kind, name, namespace }: ObjectRef,
): string =>
  `${finalizers.length === 0 ? "" : `Its finalizers wait for their controller: ${finalizers.join(", ")}. See that the controller runs. `}Look: ${kubectl(kube, `get ${kind.toLowerCase()} ${name}${namespace === undefined ? "" : ` -n ${namespace}`} -o yaml`)}; then run the same command again.`;

/** kubectl delete, silent where it is gone. */
export function deleteCommand(context: string, { apiVersion, kind, name, namespace }: ObjectRef, flags = ""): Command {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : [];
  const resource = group === undefined ? kind : `${kind}.${version ?? ""}.${group}`;
  return {
    lines: `kubectl --context ${word(context)}${namespace === undefined ? "" : ` -n ${word(namespace)}`} delete --ignore-not-found${flags} ${resource} ${word(name)}`,
  };
}
