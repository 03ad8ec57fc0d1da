import type { Plain } from "../core/compare.ts";
import type { Command } from "../core/resource.ts";
import type { KubeObject } from "./world.ts";
import type { ReleaseInputs } from "./world.ts";

/** Stands for a CA that is known only when Vault is there. */
export const laterCa = "CA-OF-VAULT";

/** What a resource is, as somebody keeps it in a repository instead of letting us make it. It never holds a secret. */
export type Content =
  /** `custom`: its kind is served only once the operator is there. */
  | { readonly kind: "object"; readonly object: KubeObject; readonly custom: boolean }
  /** `waits`: its pods become ready by themselves, which Vault's do not. */
  | { readonly kind: "release"; readonly release: ReleaseInputs; readonly waits: boolean }
  | { readonly kind: "policy"; readonly name: string; readonly text: string }
  /** What holds a secret, and so is made by a shell: before the charts are there, or after. */
  | { readonly kind: "shell"; readonly when: "before" | "after"; readonly command: Command }
  | VaultWrite;

/** A body that `vault write` takes as a JSON file. */
interface VaultWrite {
  readonly kind: "write";
  /** Name of the file, e.g. "role.json". */
  readonly file: string;
  readonly path: string;
  readonly body: Plain;
  /** Words of the command that stand for what is not in the file: secrets, read from other files. */
  readonly more?: readonly string[] | undefined;
  /** Lines of a shell that must come before it; "$work" is a folder that goes with the shell. */
  readonly before?: readonly string[] | undefined;
  /** A command of a shell that succeeds where it is there already, and must then be left alone. */
  readonly unless?: string | undefined;
}
