import type { Raw } from "./coerce.ts";
import type { FieldName } from "./fields.ts";
import type { Place } from "./origin.ts";

/** One setting as the file says it. */
export interface Entry {
  readonly raw: Raw;
  readonly place: Place;
}

export type Entries = ReadonlyMap<FieldName, Entry>;
