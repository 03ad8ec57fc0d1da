import { fields as table, type FieldName } from "../../config/fields.ts";
import type { Command } from "./command.ts";
import { runFields, targetFields } from "../../config/field-groups.ts";

/** The settings that a command takes besides the common ones: the inputs of its steps, in the order of the table. */
export async function fieldsOf({ steps: ids, fields = [] }: Command): Promise<FieldName[]> {
  const common = new Set([...targetFields, ...runFields]);
  const { steps } = ids.length === 0 ? { steps: undefined } : await import("../../run/steps.ts");
  const inputs = steps === undefined ? [] : ids.flatMap((id) => [...steps[id].inputs] as FieldName[]);
  const own = new Set([...inputs, ...fields]);
  return (Object.keys(table) as FieldName[]).filter((name) => own.has(name) && !common.has(name));
}
