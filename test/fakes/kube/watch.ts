import type { Answer } from "../wire/exchange.ts";
import type { Json, JsonObject } from "../wire/json.ts";
import { apiVersionOf, resourceName } from "./kinds.ts";
import { fitsFields, fitsLabels, nameOf, namespaceOf, type Objects } from "./objects.ts";
import { type KubeRequest, typed } from "./request.ts";

/** How long a watch lasts that says nothing of it, in seconds: API servers choose between half an hour and an hour. */
const longest = 1800;

/**
 * The states of the objects that fit, as they are and as they change, an event a line. Objects are typed in events, also those of built-in kinds.
 * Without a version it begins with those that are there: https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-watch
 */
export function watch(objects: Objects, { ask: { query }, place: { namespace }, kind }: KubeRequest): Answer {
  const resource = resourceName(kind);
  const fits = (object: JsonObject): boolean =>
    (namespace === undefined || namespaceOf(object) === namespace) &&
    fitsLabels(object, query.get("labelSelector") ?? "") &&
    fitsFields(object, query.get("fieldSelector") ?? "");
  const event = (type: string, object: JsonObject): Json => ({ type, object: { ...typed(kind, object), apiVersion: apiVersionOf(kind) } });
  const from = query.get("resourceVersion");
  return {
    status: 200,
    stream: (send) => {
      const there = objects.list(resource, namespace).filter(fits);
      const known = new Set(there.map(keyOf));
      const since = Number(from ?? 0);
      for (const object of there) if (revisionOf(object) > since) send(event("ADDED", object));
      return objects.onChange((changed, object, gone) => {
        if (changed !== resource || !fits(object)) return;
        send(event(gone ? "DELETED" : known.has(keyOf(object)) ? "MODIFIED" : "ADDED", object));
        known[gone ? "delete" : "add"](keyOf(object));
      });
    },
    endsAfterMs: 1000 * Number(query.get("timeoutSeconds") ?? longest),
  };
}

const keyOf = (object: JsonObject): string => `${namespaceOf(object) ?? ""}/${nameOf(object)}`;
const revisionOf = ({ metadata }: JsonObject): number => Number((metadata as JsonObject | undefined)?.["resourceVersion"] ?? 0);
