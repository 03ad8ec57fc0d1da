import type { Outcome, RunEvent } from "../core/converge.ts";
import type { ExitCode } from "../core/errors.ts";

/** What a run is about; said before anything is written. */
export interface Target {
  readonly cluster: string;
  readonly context: string;
  readonly server: string;
  readonly vault: string;
  /** The file that says what is run and where keys and tokens go, and which settings of it: "vault-k8s.yaml: helm". */
  readonly from?: string | undefined;
}

/** How a run ended that came to its end. */
export interface RunOutcome extends Outcome {
  readonly cluster: string;
  readonly exitCode: ExitCode;
  readonly dryRun: boolean;
  /** Lines to type next. */
  readonly next: readonly string[];
}

/** A request to Kubernetes or Vault, or a call of helm, without queries and bodies. */
interface Request {
  readonly method: string;
  readonly target: string;
}

/** What a run says, in the order in which it happens. Each event names its cluster: one process may have many runs at a time. */
export type ClusterEvent = { readonly cluster: string } & (
  | ({ readonly type: "target" } & Target)
  | ({ readonly type: "request" } & Request)
  // What a person should know at once.
  | { readonly type: "notice"; readonly message: string }
  | RunEvent
  | ({ readonly type: "end" } & RunOutcome)
);

/** Who watches a run. It is told all, and decides nothing. */
export type Observer = (event: ClusterEvent) => void;
