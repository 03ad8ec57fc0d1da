import type { VaultSpec } from "../../config/spec/vault.ts";
import type { Rendered } from "../rendered.ts";

/** Something that the rest of the run relies on, and that the rendered chart does not have, with the value that does it. */
export interface Misfit {
  readonly why: string;
  readonly fix: string;
}

export type Control = (found: Rendered, vault: VaultSpec) => readonly (Misfit | undefined)[];
