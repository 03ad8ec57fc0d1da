import type { Answer } from "../wire/exchange.ts";
import type { Json, JsonObject } from "../wire/json.ts";
import { resourceName, type Kind } from "./kinds.ts";

interface Details {
  readonly name?: string | undefined;
  readonly kind?: string;
  readonly group?: string;
  readonly causes?: JsonObject[];
}

/** An error as API servers write it. */
export function status(code: number, reason: string, message: string, { name, kind, group, causes }: Details = {}): Answer {
  const details: JsonObject = {
    ...(name !== undefined && name !== "" && { name }),
    ...(group !== undefined && group !== "" && { group }),
    ...(kind !== undefined && { kind }),
    ...(causes !== undefined && { causes: causes as Json[] }),
  };
  return {
    status: code,
    json: {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message,
      reason,
      ...(Object.keys(details).length > 0 && { details }),
      code,
    },
  };
}

const of = (kind: Kind, name?: string): Details => ({ name, group: kind.group, kind: kind.plural });

export const unauthorized: Answer = status(401, "Unauthorized", "Unauthorized");
export const notFound = (kind: Kind, name: string): Answer =>
  status(404, "NotFound", `${resourceName(kind)} "${name}" not found`, of(kind, name));
export const alreadyExists = (kind: Kind, name: string): Answer =>
  status(409, "AlreadyExists", `${resourceName(kind)} "${name}" already exists`, of(kind, name));
/** A path whose group, version or resource nobody serves. */
export const notServed: Answer = { status: 404, text: "404 page not found\n" };
export const noSuchMethod: Answer = status(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
export const badRequest = (message: string): Answer => status(400, "BadRequest", message);
export const internal = (message: string): Answer =>
  status(500, "InternalError", `Internal error occurred: ${message}`, { causes: [{ message }] });

export function invalid(kind: Kind, name: string, field: string, message: string): Answer {
  const type = kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`;
  return status(422, "Invalid", `${type} "${name}" is invalid: ${field}: ${message}`, {
    name,
    group: kind.group,
    kind: kind.kind,
    causes: [{ reason: message.startsWith("Required") ? "FieldValueRequired" : "FieldValueInvalid", message, field }],
  });
}

/** 409 of a server-side apply: somebody else set these fields to other values. */
export function applyConflict(conflicts: readonly { readonly manager: string; readonly field: string }[]): Answer {
  const [first] = conflicts;
  const managers = [...new Set(conflicts.map(({ manager }) => manager))].sort();
  const fieldsOf = (manager: string): string[] => conflicts.filter((one) => one.manager === manager).map(({ field }) => `- ${field}`);
  const message =
    conflicts.length === 1
      ? `Apply failed with 1 conflict: conflict with ${first?.manager}: ${first?.field}`
      : `Apply failed with ${conflicts.length} conflicts: ${managers.flatMap((manager) => [`conflicts with ${manager}:`, ...fieldsOf(manager)]).join("\n")}`;
  const causes = conflicts.map(({ manager, field }) => ({ reason: "FieldManagerConflict", message: `conflict with ${manager}`, field }));
  return status(409, "Conflict", message, { causes });
}
