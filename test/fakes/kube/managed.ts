import { asList, asObject, asText, at, type Json, type JsonObject } from "../wire/json.ts";
import { dotted, fieldsOf, fromFieldsV1, has, mergePatch, toFieldsV1, without, type FieldPath } from "./fields.ts";

/** Who owns which fields of an object: one entry of metadata.managedFields. */
interface Owner {
  readonly manager: string;
  readonly operation: string;
  readonly fields: readonly FieldPath[];
  /** When it last changed one of them. */
  readonly time: string;
}

interface Conflict {
  /** As messages write it: with the version where it did not apply, but update. */
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
      time: asText(entry["time"]),
      fields: fromFieldsV1(asObject(entry["fieldsV1"])),
    }));
}

function withOwners(object: JsonObject, owners: readonly Owner[]): JsonObject {
  const managedFields: Json[] = owners
    .filter(({ fields }) => fields.length > 0)
    .map(({ manager, operation, fields, time }) => ({
      manager,
      operation,
      apiVersion: asText(object["apiVersion"]),
      time,
      fieldsType: "FieldsV1",
      fieldsV1: toFieldsV1(fields),
    }));
  const { managedFields: _before, ...metadata } = asObject(object["metadata"]);
  return { ...object, metadata: { ...metadata, ...(managedFields.length > 0 && { managedFields }) } };
}

const now = (): string => new Date().toISOString().replace(/\.\d+/, "");

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
  return { object: withOwners(asObject(mergePatch(kept, wanted)), [...rest, { manager, operation: "Apply", fields, time: now() }]) };
}

function disputed(owner: Owner, wanted: readonly FieldPath[], found: JsonObject, object: JsonObject): Conflict[] {
  const differs = (field: FieldPath): boolean => JSON.stringify(at(found, ...field)) !== JSON.stringify(at(object, ...field));
  const title = `"${owner.manager}"${owner.operation === "Update" ? ` using ${asText(found["apiVersion"])}` : ""}`;
  return wanted.filter((field) => has(owner.fields, field) && differs(field)).map((field) => ({ manager: title, field: dotted(field) }));
}

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
  return withOwners(next, [...others, { manager, operation: "Update", fields: [...before, ...changed], time: now() }]);
}
