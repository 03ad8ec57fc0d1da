import { asList, asObject, asTexts, at, type JsonObject } from "../wire/json.ts";
import { nameOf, namespaceOf, type Objects } from "./objects.ts";

const finalizer = "orphan";

/** https://kubernetes.io/docs/concepts/architecture/garbage-collection/#orphaned-dependents: the object is seen to go until the collector is done. */
export function beginToOrphan(objects: Objects, resource: string, found: JsonObject): void {
  const metadata = asObject(found["metadata"]);
  const generation = Number(metadata["generation"] ?? 0) + 1;
  const finalizers = [...asTexts(metadata["finalizers"]), finalizer];
  objects.put(resource, { ...found, metadata: { ...metadata, generation, finalizers, deletionTimestamp: new Date().toISOString() } });
}

/** The collector takes the owner away first, and the object with its next look: in between controllers see both. */
export function finishOrphans(objects: Objects): void {
  for (const [key, object] of objects.everything()) {
    const [resource = ""] = key.split("|");
    if (!isGoing(object) || resource === "persistentvolumeclaims") continue;
    const { finalizers, ...metadata } = asObject(object["metadata"]);
    const left = asTexts(finalizers).filter((each) => each !== finalizer);
    if (asTexts(finalizers).includes(finalizer)) {
      orphan(objects, object);
      objects.put(resource, { ...object, metadata: { ...metadata, finalizers: left } });
    } else if (left.length === 0 && finalizers !== undefined) objects.remove(resource, namespaceOf(object), nameOf(object));
  }
}

export const isGoing = (object: JsonObject): boolean => at(object, "metadata", "deletionTimestamp") !== undefined;

/** Takes the owner away from what it owns: that stays without it. */
export function orphan(objects: Objects, owner: JsonObject): void {
  for (const resource of ["secrets", "pods", "controllerrevisions.apps"]) {
    for (const object of objects.list(resource, namespaceOf(owner))) {
      const { ownerReferences, ...metadata } = asObject(object["metadata"]);
      const uid = at(owner, "metadata", "uid");
      if (asList(ownerReferences).some((each) => asObject(each)["uid"] === uid)) objects.put(resource, { ...object, metadata });
    }
  }
}
