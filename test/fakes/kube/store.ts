import { randomUUID } from "node:crypto";
import type { Answer } from "../wire/exchange.ts";
import { asObject, asText, at, isObject, type JsonObject } from "../wire/json.ts";
import { isUsed } from "./claims.ts";
import { withDefaults } from "./defaults.ts";
import { mergePatch } from "./fields.ts";
import { apiVersionOf, resourceName, type Kind } from "./kinds.ts";
import { applied, updated } from "./managed.ts";
import { fitsFields, fitsLabels, nameOf, type Objects } from "./objects.ts";
import { typed, type KubeRequest } from "./request.ts";
import { alreadyExists, applyConflict, badRequest, invalid, noSuchMethod, notFound, status } from "./status.ts";
import { beginToOrphan, orphan } from "./orphans.ts";
import { watch } from "./watch.ts";
import { wrongObject } from "./validation.ts";
import { isMadeByPut, staleDelete, staleWrite, wrongLeaseTime } from "./versions.ts";

/** Reads and writes of stored objects. */
export function stored(objects: Objects, request: KubeRequest): Answer {
  const { ask, place, kind, body } = request;
  if (ask.method === "GET" && place.name === undefined && ask.query.get("watch") === "true") return watch(objects, request);
  if (ask.method === "GET") return place.name === undefined ? list(objects, request) : read(objects, request, place.name);
  const wrong = wrongLeaseTime(kind, body);
  if (wrong !== undefined) return wrong;
  if (ask.method === "POST" && place.name === undefined) return create(objects, request);
  if (place.name === undefined) return noSuchMethod;
  if (ask.method === "PATCH") return patch(objects, request, place.name);
  if (ask.method === "PUT") return replace(objects, request, place.name);
  return ask.method === "DELETE" ? remove(objects, kind, request, place.name) : noSuchMethod;
}

function read(objects: Objects, { kind, place }: KubeRequest, name: string): Answer {
  const found = objects.get(resourceName(kind), place.namespace, name);
  return found === undefined ? notFound(kind, name) : { status: 200, json: typed(kind, found) };
}

/** Items of built-in kinds come without apiVersion and kind, as from a real server. */
function list(objects: Objects, { kind, place, ask }: KubeRequest): Answer {
  const fits = (object: JsonObject): boolean =>
    fitsLabels(object, ask.query.get("labelSelector") ?? "") && fitsFields(object, ask.query.get("fieldSelector") ?? "");
  const found = objects.list(resourceName(kind), place.namespace).filter(fits);
  const items = isCustom(kind)
    ? found.map((object) => typed(kind, object))
    : found.map(({ apiVersion: _version, kind: _kind, ...object }) => object);
  return {
    status: 200,
    json: { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata: { resourceVersion: String(objects.revision) }, items },
  };
}

function create(objects: Objects, request: KubeRequest): Answer {
  const { kind, body, manager } = request;
  const name = asText(at(body, "metadata", "name"));
  if (name === "") return badRequest("name is required");
  if (objects.get(resourceName(kind), request.place.namespace, name) !== undefined) return alreadyExists(kind, name);
  return keep(objects, request, undefined, updated(undefined, placed(request, name, body), manager), 201);
}

function patch(objects: Objects, request: KubeRequest, name: string): Answer {
  const { kind, place, body, manager, ask } = request;
  const found = objects.get(resourceName(kind), place.namespace, name);
  const type = (ask.headers["content-type"] ?? "").split(";")[0];
  if (type === "application/apply-patch+yaml") return apply(objects, request, name, found);
  if (found === undefined) return notFound(kind, name);
  if (type !== "application/merge-patch+json" && type !== "application/strategic-merge-patch+json")
    return status(415, "UnsupportedMediaType", "the body of the request was in an unknown format");
  const stale = staleWrite(kind, name, found, body);
  if (stale !== undefined) return stale;
  return keep(objects, request, found, updated(found, asObject(mergePatch(found, body)), manager), 200);
}

const noManager: Answer = status(
  422,
  "Invalid",
  'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
  {
    group: "meta.k8s.io",
    kind: "PatchOptions",
    causes: [{ reason: "FieldValueRequired", message: "Required value: is required for apply patch", field: "fieldManager" }],
  },
);

function apply(objects: Objects, request: KubeRequest, name: string, found: JsonObject | undefined): Answer {
  const { body, manager, ask } = request;
  if (ask.query.get("fieldManager") === null) return noManager;
  if (at(body, "metadata", "managedFields") !== undefined) return badRequest("metadata.managedFields must be nil");
  if (asText(at(body, "metadata", "name")) !== name)
    return badRequest(`the name of the object (${asText(at(body, "metadata", "name"))}) does not match the name on the URL (${name})`);
  const result = applied(found, placed(request, name, body), manager, ask.query.get("force") === "true");
  if ("conflicts" in result) return applyConflict(result.conflicts);
  return keep(objects, request, found, result.object, found === undefined ? 201 : 200);
}

function replace(objects: Objects, request: KubeRequest, name: string): Answer {
  const { kind, place, body, manager } = request;
  const found = objects.get(resourceName(kind), place.namespace, name);
  const stale = staleWrite(kind, name, found, body);
  if (stale !== undefined) return stale;
  if (found === undefined)
    return isMadeByPut(kind)
      ? keep(objects, request, undefined, updated(undefined, placed(request, name, body), manager), 201)
      : notFound(kind, name);
  if (isMadeByPut(kind) && at(body, "metadata", "resourceVersion") === undefined)
    return invalid(kind, name, "metadata.resourceVersion", "Invalid value: 0: must be specified for an update");
  const metadata = { ...asObject(found["metadata"]), ...asObject(body["metadata"]) };
  return keep(
    objects,
    request,
    found,
    updated(found, { ...body, metadata, ...(found["status"] !== undefined && { status: found["status"] }) }, manager),
    200,
  );
}

function remove(objects: Objects, kind: Kind, { place, dryRun, ask, body }: KubeRequest, name: string): Answer {
  const found = objects.get(resourceName(kind), place.namespace, name);
  if (found === undefined) return notFound(kind, name);
  const stale = staleDelete(kind, name, found, body);
  if (stale !== undefined) return stale;
  const orphans = ask.query.get("propagationPolicy") === "Orphan";
  if (!dryRun && orphans && isCustom(kind)) beginToOrphan(objects, resourceName(kind), found);
  else if (!dryRun) {
    if (orphans) orphan(objects, found);
    take(objects, kind, place.namespace, found);
  }
  if (!dryRun && kind.plural === "namespaces")
    for (const inner of objects.inNamespace(name)) objects.remove(inner.resource, name, inner.name);
  return {
    status: 200,
    json: {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Success",
      details: { name, kind: kind.plural, uid: at(found, "metadata", "uid") ?? "" },
    },
  };
}

/** Their controllers see them go. */
const isCustom = ({ group }: Kind): boolean => group.includes(".") && !group.endsWith(".k8s.io");

/** What a pod still uses only begins to go. */
function take(objects: Objects, kind: Kind, namespace: string | undefined, found: JsonObject): void {
  if (kind.plural === "persistentvolumeclaims" && isUsed(objects, found)) {
    const metadata = { ...asObject(found["metadata"]), deletionTimestamp: new Date().toISOString() };
    objects.put(resourceName(kind), { ...found, metadata });
  } else objects.remove(resourceName(kind), namespace, nameOf(found));
}

const placed = ({ place, kind }: KubeRequest, name: string, body: JsonObject): JsonObject => ({
  ...body,
  apiVersion: apiVersionOf(kind),
  kind: kind.kind,
  metadata: { ...asObject(body["metadata"]), name, ...(place.namespace !== undefined && { namespace: place.namespace }) },
});

/** Checks, completes and stores what a write has made of an object. */
function keep(objects: Objects, request: KubeRequest, found: JsonObject | undefined, next: JsonObject, code: number): Answer {
  const { kind, place, dryRun } = request;
  const complete = withDefaults(kind.plural, kind.group, next);
  const wrong = wrongObject(objects, kind, place.namespace, found, complete);
  if (wrong !== undefined) return wrong;
  const metadata = {
    uid: randomUUID(),
    creationTimestamp: new Date().toISOString(),
    ...asObject(complete["metadata"]),
    ...serverSide(found),
    ...generation(found, complete),
  };
  const object = { ...complete, metadata, ...(found?.["status"] !== undefined && { status: found["status"] }) };
  return { status: code, json: typed(kind, dryRun ? object : objects.put(resourceName(kind), object)) };
}

function serverSide(found: JsonObject | undefined): JsonObject {
  const { uid, creationTimestamp } = asObject(found?.["metadata"]);
  return uid === undefined ? {} : { uid, creationTimestamp };
}

function generation(found: JsonObject | undefined, next: JsonObject): JsonObject {
  if (!isObject(next["spec"])) return {};
  const before = Number(at(found, "metadata", "generation") ?? 0);
  return { generation: JSON.stringify(found?.["spec"]) === JSON.stringify(next["spec"]) ? before : before + 1 };
}
