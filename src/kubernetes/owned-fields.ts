import { isRecord, type Plain } from "../core/compare.ts";
import type { Change } from "../core/resource.ts";
import type { KubeObject } from "../systems/world.ts";
import { owner } from "./ownership.ts";

/**
 * Fields that we applied once and want no longer, read from metadata.managedFields (Kubernetes docs, "Server-Side Apply"): an
 * apply would take them away. Members of lists are not followed; lists are compared whole elsewhere.
 */
export function abandonedFields(found: KubeObject, wanted: KubeObject): Change[] {
  const entry = found.metadata.managedFields?.find((candidate) => candidate.manager === owner && candidate.operation === "Apply");
  return ownedPaths(entry?.fieldsV1)
    .filter((path) => valueAt(wanted, path) === undefined && valueAt(found, path) !== undefined)
    .map((path) => ({ field: path.join("."), before: JSON.stringify(valueAt(found, path)) }));
}

function ownedPaths(fields: Plain | undefined, above: readonly string[] = []): string[][] {
  const members = isRecord(fields) ? Object.entries(fields).filter(([key]) => key.startsWith("f:")) : [];
  if (members.length === 0) return above.length === 0 ? [] : [[...above]];
  return members.flatMap(([key, inner]) => ownedPaths(inner, [...above, key.slice(2)]));
}

function valueAt(object: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), object);
}
