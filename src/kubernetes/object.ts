import { stringify } from "yaml";
import { allFields, differences, type Plain } from "../core/compare.ts";
import { NotYet } from "../core/errors.ts";
import { conflict, same, unmarked, type Command, type Diff, type Scripted } from "../core/resource.ts";
import { withInput } from "../core/shell.ts";
import type { KubeObject, KubeReader, ObjectRef, Readers, Writers } from "../systems/world.ts";
import type { AppResource } from "../systems/step.ts";
import type { Content } from "../systems/content.ts";
import { kubectl } from "./kubectl.ts";
import { objectId, refOf, servedRef } from "./object-ref.ts";
import { objectRemoval, type RemovableObject } from "./object-removal.ts";
import { abandonedFields } from "./owned-fields.ts";
import { applying, toBind, type Need } from "../systems/need.ts";
import { isOurs, owner, ownerLabel, ownerLabels } from "./ownership.ts";
import { kubectlIn } from "../systems/kubectl.ts";

/** Puts our label on an object. */
export function labelled(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...ownerLabels } } };
}

/** How sure an object must be: as the world is, or as it will be once the steps before have run. */
export type AsOf = "now" | "later";

/** What an object needs besides, and what its removal asks. */
export interface ObjectOptions extends Omit<RemovableObject, "ref"> {
  readonly alsoNeeds?: (read: Readers) => readonly Need[];
}

/**
 * An object that we own in Kubernetes, kept by server-side apply. `wanted` may ask the world first (an address); `ref` is known without.
 * Where `version` says which version of its kind is served, it is read and written in that. What exists without our label is a conflict.
 */
export function kubeObject(
  ref: ObjectRef,
  wanted: (read: Readers, asOf: AsOf) => Promise<KubeObject>,
  { alsoNeeds = () => [], ...removable }: ObjectOptions = {},
): AppResource & Scripted<Readers> {
  const make = async (read: Readers, asOf: AsOf = "now", served?: ObjectRef): Promise<KubeObject> => {
    const { apiVersion } = served ?? (await servedRef(read, ref, removable.version));
    return labelled({ ...(await wanted(read, asOf)), apiVersion });
  };
  return {
    id: objectId(ref),
    ref: { is: "object", object: ref, version: removable.version },
    diff: async (read) => {
      const served = await servedRef(read, ref, removable.version);
      return diffObject(await read.kube.get(served), await make(read, "now", served), read.kube);
    },
    preview: async (read, found) => (found instanceof NotYet ? allFields(withoutNames(await make(read, "later"))) : found.changes),
    needs: (read) => [...applying(ref), ...alsoNeeds(read)],
    apply: async (write: Writers) => void (await write.kube.apply(await make(write))),
    removal: (policy) => objectRemoval({ ref, ...removable }, policy),
    content: async (read) => objectContent(await make(read, "later"), removable.version !== undefined),
    command: async (read) => applyCommand(await make(read, "later"), read.kube.context),
  };
}

/** An object whose every field is known from the settings. */
export const fixedObject = (object: KubeObject, removable: Omit<RemovableObject, "ref"> = {}): AppResource =>
  kubeObject(refOf(object), () => Promise.resolve(object), { alsoNeeds: () => toBind(object), ...removable });

/** Compares an object with what is wanted of it: fields that only the server has do not count, fields that we dropped do. */
export function diffObject(found: KubeObject | undefined, wanted: KubeObject, kube: Pick<KubeReader, "context">): Diff {
  if (found === undefined) return { kind: "create", changes: allFields(withoutNames(wanted)) };
  const id = objectId(refOf(wanted));
  if (!isOurs(found))
    return unmarked(
      `${id} exists and is not ours`,
      `Choose another name for it, or label it as ours: ${kubectl(kube, `label ${named(wanted)} ${ownerLabel}=${owner}`)}`,
    );
  const changes = [...differences(wanted as unknown as Plain, found as unknown as Plain), ...abandonedFields(found, wanted)];
  const fixed = changes.find((change) => change.field.startsWith("roleRef"));
  if (fixed !== undefined)
    return conflict(
      `${id} has another role, and Kubernetes cannot change it in place`,
      `Delete it first: ${kubectl(kube, `delete ${named(wanted)}`)}`,
    );
  return changes.length === 0 ? same() : { kind: "update", changes };
}

/** As kubectl takes it: kind, name and namespace. */
export const named = ({ kind, metadata: { name, namespace } }: Pick<KubeObject, "kind" | "metadata">): string =>
  `${kind.toLowerCase()} ${name}${namespace === undefined ? "" : ` -n ${namespace}`}`;

function withoutNames({ apiVersion: _version, kind: _kind, metadata, ...rest }: KubeObject): Plain {
  const { name: _name, namespace: _namespace, ...meta } = metadata;
  return { metadata: meta, ...rest } as unknown as Plain;
}

/** The object as a manifest. */
export const objectContent = (object: KubeObject, custom = false): Content => ({ kind: "object", object, custom });

/** kubectl with the object on standard input. */
export function applyCommand(object: KubeObject, context: string, flag?: string, quietly = ""): Command {
  return {
    lines: withInput(
      `${kubectlIn(context)} apply --server-side --field-manager=${owner}${flag === undefined ? "" : ` ${flag}`} -f -${quietly}`,
      stringify(object, { lineWidth: 0 }),
      "YAML",
    ),
  };
}
