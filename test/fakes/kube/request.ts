import { asObject, parsed, type JsonObject } from "../wire/json.ts";
import { parse } from "yaml";
import type { Ask } from "../wire/exchange.ts";
import type { Identity } from "./access.ts";
import { apiVersionOf, type Kind } from "./kinds.ts";

/** Where in the API a request goes. */
export interface Place {
  readonly group: string;
  readonly version: string;
  readonly namespace: string | undefined;
  readonly plural: string;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

export interface KubeRequest {
  readonly ask: Ask;
  readonly identity: Identity;
  readonly kind: Kind;
  readonly place: Place;
  readonly body: JsonObject;
  readonly dryRun: boolean;
  /** Who owns the fields that are written. */
  readonly manager: string;
}

/** /api/v1/… and /apis/<group>/<version>/…, with or without namespaces/<name>/. Undefined for other paths. */
export function placeOf(path: string): Place | undefined {
  const parts = path.split("/").filter((part) => part !== "");
  const [group, version, rest] =
    parts[0] === "api" ? ["", parts[1], parts.slice(2)] : parts[0] === "apis" ? [parts[1], parts[2], parts.slice(3)] : [];
  if (group === undefined || version === undefined || rest === undefined || rest[0] === undefined) return undefined;
  const inside = rest[0] === "namespaces" && rest.length > 2 && !(rest.length === 3 && rest[2] === "finalize");
  const [plural = "", name, subresource] = inside ? rest.slice(2) : rest;
  return { group, version, namespace: inside ? rest[1] : undefined, plural, name, subresource };
}

export const kindAt = (kinds: readonly Kind[], { group, version, plural }: Place): Kind | undefined =>
  kinds.find((kind) => kind.group === group && kind.version === version && kind.plural === plural);

/** JSON or YAML. */
export function bodyOf({ body }: Ask): JsonObject {
  return body === "" ? {} : asObject(parsed(body) ?? (parse(body) as JsonObject));
}

/** The verb that RBAC knows for a method. */
export function verbOf({ method, query }: Ask, name: string | undefined): string {
  if (method === "GET" || method === "HEAD") return name !== undefined ? "get" : query.get("watch") === "true" ? "watch" : "list";
  const verbs: Readonly<Record<string, string>> = {
    POST: "create",
    PUT: "update",
    PATCH: "patch",
    DELETE: name === undefined ? "deletecollection" : "delete",
  };
  return verbs[method] ?? method.toLowerCase();
}

export function managerOf({ query, headers }: Ask): string {
  return query.get("fieldManager") ?? (headers["user-agent"] ?? "unknown").split("/")[0] ?? "unknown";
}

/** An object with apiVersion and kind, as single objects are answered. */
export const typed = (kind: Kind, object: JsonObject): JsonObject => ({ ...object, kind: kind.kind, apiVersion: apiVersionOf(kind) });
