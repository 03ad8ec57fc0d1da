import type { ExitCode } from "../core/errors.ts";
import type { RunEvent } from "../core/converge.ts";
import type { Notice } from "../core/step.ts";

/** What a run is about; shown before anything is written. */
export interface Target {
  readonly cluster: string;
  readonly context: string;
  readonly server: string;
  readonly vault: string;
  /** The file that says what is run and where keys and tokens go, and which settings of it: "vault-k8s.yaml: helm". */
  readonly from?: string | undefined;
}

export interface Summary {
  readonly exitCode: ExitCode;
  readonly changed: number;
  readonly dryRun: boolean;
  readonly notices: readonly Notice[];
  /** Lines to type next. */
  readonly next: readonly string[];
}

/** Events in, characters out. */
export interface Renderer {
  target(target: Target): void;
  event(event: RunEvent): void;
  end(summary: Summary): void;
  /** Clears the line for what is written by others: a question, an error. */
  makeWay(): void;
}
