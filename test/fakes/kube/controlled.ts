import { asList, asObject, asText, at, type JsonObject } from "../wire/json.ts";
import { labelsOf, type Objects } from "./objects.ts";

/** The owner that manages an object. */
export const controllerOf = (object: JsonObject): JsonObject | undefined =>
  asList(at(object, "metadata", "ownerReferences"))
    .map(asObject)
    .find((owner) => owner["controller"] === true);

export const isControlledBy = (object: JsonObject, owner: JsonObject): boolean =>
  controllerOf(object)?.["uid"] === at(owner, "metadata", "uid");

/** A pod without a controller that has the name and the labels of one of the set's is taken over, whoever made it. */
export function adopt(objects: Objects, set: JsonObject, pod: JsonObject | undefined): void {
  if (pod === undefined || controllerOf(pod) !== undefined) return;
  const wanted = Object.entries(asObject(at(set, "spec", "selector", "matchLabels")));
  if (!wanted.every(([key, value]) => labelsOf(pod)[key] === value)) return;
  const metadata = asObject(set["metadata"]);
  const owner = {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    name: asText(metadata["name"]),
    uid: asText(metadata["uid"]),
    controller: true,
    blockOwnerDeletion: true,
  };
  objects.put("pods", { ...pod, metadata: { ...asObject(pod["metadata"]), ownerReferences: [owner] } });
}
