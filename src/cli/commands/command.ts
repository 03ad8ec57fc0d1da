import type { ExitCode } from "../../core/errors.ts";
import type { FieldName } from "../../config/fields.ts";
import type { Flags } from "../../config/sources.ts";
import type { VaultUse } from "../../config/which-vault.ts";
import type { StepId } from "../../config/step-id.ts";
import type { Streams } from "../render/terminal.ts";
import type { Environment } from "../../config/environment.ts";
import type { OptionValues, OwnOptions } from "./own-options.ts";

/** One command as data, light enough for the help of all commands. What it does is loaded when it is run. */
export interface Command {
  /** As it is typed, e.g. "operator init". */
  readonly name: string;
  readonly group: "One command for all" | "Its steps, each alone" | "Many clusters" | "Look and help";
  readonly summary: string;
  /** More than the summary, for its own help and page. */
  readonly about?: string;
  readonly steps: readonly StepId[];
  readonly vault: VaultUse;
  /** -o jsonl makes it print a document a line while it goes on. */
  readonly lines?: true;
  /** Settings that it takes besides those of its steps and the common ones. */
  readonly fields?: readonly FieldName[];
  readonly arguments?: readonly { readonly name: string; readonly help: string }[];
  /** Flags that are no settings: they concern one run only. */
  readonly options?: OwnOptions;
  /** --cluster may be said several times: `clusters` of the call holds them all. */
  readonly manyClusters?: boolean;
  /** Takes no settings at all, not even the common ones. */
  readonly local?: boolean;
  /** The exit code where only something that a person provides is missing. */
  readonly missingIs: ExitCode;
  /** A method, since what its options are is known to its row and its handler alone: see `command`. */
  load(): Promise<{ run(call: CallWith<OwnOptions>): Promise<number> }>;
}

interface Row<O extends OwnOptions> extends Omit<Command, "options" | "load"> {
  readonly options?: O;
  readonly load: () => Promise<{ readonly run: Run<NoInfer<O>> }>;
}

/** A row of the table. Its handler takes the values of these options and no others, or it does not compile. */
export const command = <const O extends OwnOptions = readonly []>(row: Row<O>): Command => row;

/** A command as it was typed. */
export interface Call {
  readonly command: Command;
  /** All that there are: a command names others as next steps. */
  readonly commands: readonly Command[];
  readonly flags: Flags;
  readonly args: readonly string[];
  /** All that --cluster named, in the order in which they were typed. */
  readonly clusters: readonly string[];
  readonly host: Host;
}

/** The same with the values of the command's own options. */
export interface CallWith<O extends OwnOptions> extends Call {
  readonly options: OptionValues<O>;
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

/** What a command does. @template O its own options, as they stand in own-options.ts */
export type Run<O extends OwnOptions = readonly []> = (call: CallWith<O>) => Promise<number>;
