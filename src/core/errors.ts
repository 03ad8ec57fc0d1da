/** Exit codes of every command; the same table stands in docs/exit-codes.md. */
export const exitCodes = {
  done: 0,
  failed: 1,
  differences: 2,
  usage: 64,
  badInput: 65,
  unreachable: 69,
  timedOut: 75,
  refused: 77,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A kind of failure: a stable code with a page in the docs, and how the process ends. */
export interface ErrorKind {
  readonly code: `VK${number}`;
  readonly exit: ExitCode;
  readonly title: string;
}

/** What a person reads, in this order: what happened, why, what to do. */
export interface Explanation {
  readonly what: string;
  readonly why?: string | undefined;
  readonly fix?: string | undefined;
}

/** A failure that is the user's or the world's, not a bug: it is printed without a stack. */
export class CliError extends Error {
  readonly kind: ErrorKind;
  readonly why: string | undefined;
  readonly fix: string | undefined;

  constructor(kind: ErrorKind, { what, why, fix }: Explanation) {
    super(what);
    this.name = "CliError";
    this.kind = kind;
    this.why = why;
    this.fix = fix;
  }

  /** What happened and why, in one line. */
  get words(): string {
    return [this.message, this.why].filter(Boolean).join(": ");
  }
}

/**
 * A fact that cannot be read yet, because something that an earlier step makes is not there
 * (Vault is not installed, or sealed; a custom resource is not served). In a run whose earlier
 * steps have work to do it means "known after they are done"; elsewhere it is the error that it is.
 */
export class NotYet extends CliError {
  override readonly name = "NotYet";
}

/** The two failures that the core itself reports. */
export const conflictKind: ErrorKind = {
  code: "VK1401",
  exit: exitCodes.failed,
  title: "Something exists that is not ours, or cannot be changed in place",
};
export const interruptedKind: ErrorKind = { code: "VK1002", exit: exitCodes.interrupted, title: "Interrupted" };
