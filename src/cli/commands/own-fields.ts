import type { FieldName } from "../../config/fields.ts";
import { fieldNames, table } from "../../config/keys.ts";
import type { Command } from "./command.ts";
import { runFields, targetFields } from "../../config/field-groups.ts";

const common = new Set([...targetFields, ...runFields]);

/** The settings that mean nothing to a command: it takes them, and leaves them alone. */
export const otherFields = (command: Pick<Command, "steps" | "fields">): FieldName[] => {
  const own = new Set(fieldsOf(command));
  return fieldNames.filter((name) => !common.has(name) && !own.has(name));
};

/** The settings that a command takes besides the common ones: its own, and those that are for its steps, in the order of the table. */
export const fieldsOf = ({ steps, fields = [] }: Pick<Command, "steps" | "fields">): FieldName[] =>
  fieldNames.filter((name) => !common.has(name) && (fields.includes(name) || table[name].steps?.some((id) => steps.includes(id)) === true));
