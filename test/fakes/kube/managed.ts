import { asList, asObject, asText, at, type Json, type JsonObject } from "../wire/json.ts";
import { dotted, fieldsOf, fromFieldsV1, has, mergePatch, toFieldsV1, without, type FieldPath } from "./fields.ts";

/** Who owns which fields of an object: one entry of metadata.managedFields. */
interface Owner {
  readonly manager: string;
  readonly operation: string;
  readonly fields: readonly FieldPath[];
}

export interface Conflict {
  readonly manager: string;
  readonly field: string;
}

export type Applied = { readonly object: JsonObject } | { readonly conflicts: readonly Conflict[] };

function ownersOf(object: JsonObject): Owner[] {
  return asList(at(object, "metadata", "managedFields"))
    .map(asObject)
    .map((entry) => ({
      manager: asText(entry["manager"]),
      operation: asText(entry["operation"]),
      fields: fromFieldsV1(asObject(entry["fieldsV1"])),
    }));
}

function withOwners(object: JsonObject, owners: readonly Owner[]): JsonObject {
  const managedFields: Json[] = owners
    .filter(({ fields }) => fields.length > 0)
    .map(({ manager, operation, fields }) => ({
      manager,
      operation,
      apiVersion: asText(object["apiVersion"]),
      time: new Date().toISOString(),
      fieldsType: "FieldsV1",
      fieldsV1: toFieldsV1(fields),
    }));
  return { ...object, metadata: { ...asObject(object["metadata"]), managedFields } };
}

/** Server-side apply: sets what `wanted` says, takes away what the manager applied before and says no more, refuses what others own. */
export function applied(found: JsonObject | undefined, wanted: JsonObject, manager: string, force: boolean): Applied {
  const owners = found === undefined ? [] : ownersOf(found);
  const mine = (owner: Owner): boolean => owner.manager === manager && owner.operation === "Apply";
  const others = owners.filter((owner) => !mine(owner));
  const fields = fieldsOf(wanted);
  const conflicts = force ? [] : others.flatMap((owner) => disputed(owner, fields, found ?? {}, wanted));
  if (conflicts.length > 0) return { conflicts };
  const dropped = (owners.find(mine)?.fields ?? []).filter(
    (field) => !has(fields, field) && !others.some((owner) => has(owner.fields, field)),
  );
  const kept = dropped.reduce(without, found ?? {});
  const rest = force ? others.map((owner) => ({ ...owner, fields: owner.fields.filter((field) => !has(fields, field)) })) : others;
  return { object: withOwners(asObject(mergePatch(kept, wanted)), [...rest, { manager, operation: "Apply", fields }]) };
}

const disputed = ({ manager, fields }: Owner, wanted: readonly FieldPath[], found: JsonObject, object: JsonObject): Conflict[] =>
  wanted
    .filter((field) => has(fields, field) && JSON.stringify(at(found, ...field)) !== JSON.stringify(at(object, ...field)))
    .map((field) => ({ manager, field: dotted(field) }));

/** A create, update or patch: the manager comes to own what it changed. */
export function updated(found: JsonObject | undefined, next: JsonObject, manager: string): JsonObject {
  const changed = fieldsOf(next).filter((field) => JSON.stringify(at(found, ...field)) !== JSON.stringify(at(next, ...field)));
  const present = fieldsOf(next);
  const mine = (owner: Owner): boolean => owner.manager === manager && owner.operation === "Update";
  const owners = found === undefined ? [] : ownersOf(found);
  const others = owners
    .filter((owner) => !mine(owner))
    .map((owner) => ({ ...owner, fields: owner.fields.filter((field) => has(present, field) && !has(changed, field)) }));
  const before = (owners.find(mine)?.fields ?? []).filter((field) => has(present, field) && !has(changed, field));
  return withOwners(next, [...others, { manager, operation: "Update", fields: [...before, ...changed] }]);
}
