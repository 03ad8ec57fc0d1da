import type { ExitCode } from "../../core/errors.ts";
import type { FieldName } from "../../config/fields.ts";
import type { Flags } from "../../config/sources.ts";
import type { VaultUse } from "../../config/which-vault.ts";
import type { StepId } from "../../config/step-id.ts";
import type { Streams } from "../render/terminal.ts";
import type { Environment } from "../../config/environment.ts";

/** One command as data, light enough for the help of all commands. What it does is loaded when it is run. */
export interface Command {
  /** As it is typed, e.g. "operator init". */
  readonly name: string;
  readonly group: "One command for all" | "Its steps, each alone" | "Look and help";
  readonly summary: string;
  /** More than the summary, for its own help and page. */
  readonly about?: string;
  readonly steps: readonly StepId[];
  readonly vault: VaultUse;
  /** Settings that it takes besides those of its steps and the common ones. */
  readonly fields?: readonly FieldName[];
  readonly arguments?: readonly { readonly name: string; readonly help: string }[];
  /** Flags that are no settings: they concern one run only. */
  readonly options?: readonly ExtraOption[];
  /** --cluster may be said several times: `extra.cluster` holds them all. */
  readonly manyClusters?: boolean;
  /** Takes no settings at all, not even the common ones. */
  readonly local?: boolean;
  /** The exit code where only something that a person provides is missing. */
  readonly missingIs: ExitCode;
  readonly load: () => Promise<{ readonly run: Run }>;
}

export interface ExtraOption {
  readonly flag: string;
  readonly value?: string;
  readonly help: string;
  readonly repeatable?: boolean;
}

/** A command as it was typed. */
export interface Call {
  readonly command: Command;
  /** All that there are: a command names others as next steps. */
  readonly commands: readonly Command[];
  readonly flags: Flags;
  readonly args: readonly string[];
  /** Values of `options`, by flag. */
  readonly extra: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly host: Host;
}

/** The process that a command runs in. */
export interface Host {
  readonly streams: Streams & { readonly stdin: NodeJS.ReadStream };
  readonly env: Environment;
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** Told what a failing run has done so far, for the error document. */
  readonly onRun: (soFar: () => object) => void;
}

export type Run = (call: Call) => Promise<ExitCode>;
