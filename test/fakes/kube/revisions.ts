import { createHash } from "node:crypto";
import { asObject, at, type JsonObject } from "../wire/json.ts";
import { controllerOf, isControlledBy } from "./controlled.ts";
import { make } from "./making.ts";
import { nameOf, namespaceOf, type Objects } from "./objects.ts";

const resource = "controllerrevisions.apps";

/** The name of the revision of a set's template, which is kept under it; one that comes back is the newest again. */
export function revisionOf(objects: Objects, set: JsonObject): string {
  const template = at(set, "spec", "template") ?? {};
  const name = `${nameOf(set)}-${createHash("sha256").update(JSON.stringify(template)).digest("hex").slice(0, 10)}`;
  const namespace = namespaceOf(set);
  const all = objects.list(resource, namespace).filter((one) => isControlledBy(one, set) || controllerOf(one) === undefined);
  const newest = Math.max(0, ...all.map((one) => Number(one["revision"] ?? 0)));
  const found = objects.get(resource, namespace, name);
  if (found !== undefined && Number(found["revision"]) === newest && isControlledBy(found, set)) return name;
  const owner = { apiVersion: "apps/v1", kind: "StatefulSet", name: nameOf(set), uid: at(set, "metadata", "uid") ?? "", controller: true };
  const managedFields = [{ manager: "kube-controller-manager", operation: "Update", time: new Date().toISOString() }];
  const metadata = { ...asObject(found?.["metadata"]), name, namespace: namespace ?? "", ownerReferences: [owner], managedFields };
  const revision = found !== undefined && Number(found["revision"]) === newest ? newest : newest + 1;
  make(objects, resource, { metadata, data: { spec: { template } }, revision });
  return name;
}
