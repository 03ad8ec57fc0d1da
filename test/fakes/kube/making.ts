import { randomUUID } from "node:crypto";
import { asObject, type JsonObject } from "../wire/json.ts";
import type { Objects } from "./objects.ts";

/** A new object of the cluster itself. */
export function make(objects: Objects, resource: string, object: JsonObject): void {
  objects.put(resource, {
    ...object,
    metadata: { uid: randomUUID(), creationTimestamp: new Date().toISOString(), ...asObject(object["metadata"]) },
  });
}
