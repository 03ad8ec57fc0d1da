import type { CliError } from "../../core/errors.ts";
import type { Reach } from "./inventory.ts";

/** What a source says of one cluster, before anybody asked that cluster who it is. */
export interface Found {
  /** What the source calls it. */
  readonly called: string;
  /** Its name in Vault, where the source says that. */
  readonly named?: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly reach: Reach;
  readonly server: string;
}

/** A cluster that a source names and nobody can reach as it is said. */
export interface Unusable extends Pick<Found, "called" | "named" | "labels"> {
  readonly error: CliError;
}

export type Entry = Found | Unusable;

export const isUnusable = (entry: Entry): entry is Unusable => "error" in entry;
