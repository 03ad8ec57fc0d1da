import { asList, asObject, at, type JsonObject } from "../wire/json.ts";
import { make } from "./making.ts";
import { annotationOf, nameOf, namespaceOf, type Objects } from "./objects.ts";

const resource = "persistentvolumeclaims";

/** The claims of one pod of a set: those that are not there are made. Volumes are bound at once. */
export function claimsOf(objects: Objects, set: JsonObject, pod: string): JsonObject[] {
  const namespace = namespaceOf(set) ?? "";
  return asList(at(set, "spec", "volumeClaimTemplates"))
    .map(asObject)
    .map((template) => {
      const name = `${nameOf(template)}-${pod}`;
      const found = objects.get(resource, namespace, name);
      if (found !== undefined) return found;
      const labels = asObject(at(set, "spec", "selector", "matchLabels"));
      const requested = at(template, "spec", "resources", "requests") ?? {};
      make(objects, resource, {
        metadata: { name, namespace, labels, finalizers: ["kubernetes.io/pvc-protection"] },
        spec: { storageClassName: defaultClass(objects), ...asObject(template["spec"]) },
        status: { phase: "Bound", capacity: requested },
      });
      return objects.get(resource, namespace, name)!;
    });
}

function defaultClass(objects: Objects): string {
  const classes = objects.list("storageclasses.storage.k8s.io");
  return nameOf(classes.find((one) => annotationOf(one, "storageclass.kubernetes.io/is-default-class") === "true") ?? {});
}

/** A claim that is deleted while a pod uses it goes when the pod has gone. */
export function removeClaims(objects: Objects): void {
  for (const claim of objects.list(resource)) {
    if (at(claim, "metadata", "deletionTimestamp") === undefined) continue;
    if (!isUsed(objects, claim)) objects.remove(resource, namespaceOf(claim), nameOf(claim));
  }
}

export const isUsed = (objects: Objects, claim: JsonObject): boolean =>
  objects
    .list("pods", namespaceOf(claim))
    .some((pod) =>
      asList(at(pod, "spec", "volumes")).some((volume) => at(asObject(volume), "persistentVolumeClaim", "claimName") === nameOf(claim)),
    );
