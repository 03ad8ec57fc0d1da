import type { Raw } from "./coerce.ts";
import type { FieldName } from "./fields.ts";

/** What the command line said, by setting. */
export type Flags = Readonly<Partial<Record<FieldName, Raw | boolean>>>;

export interface Sources {
  readonly flags: Flags;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** No configuration file is read. */
  readonly noFile?: boolean;
  /** The run is about the fleet: its defaults in the file count. */
  readonly inFleet?: boolean;
  /** What looks like a secret, should one stand where a setting belongs: an error shows none. */
  readonly shapes?: readonly RegExp[];
}
