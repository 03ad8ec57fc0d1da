import type { FieldName } from "../config/fields.ts";
import type { Command } from "./command.ts";
import { runFields, targetFields } from "./table.ts";

/** The settings that a command takes besides the common ones: the inputs of its steps. */
export async function fieldsOf({ steps: ids, fields = [] }: Command): Promise<FieldName[]> {
  const common = new Set([...targetFields, ...runFields]);
  const { steps } = ids.length === 0 ? { steps: undefined } : await import("../steps/index.ts");
  const inputs = steps === undefined ? [] : ids.flatMap((id) => [...steps[id].inputs] as FieldName[]);
  return [...new Set([...inputs, ...fields])].filter((name) => !common.has(name));
}
