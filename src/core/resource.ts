import type { NotYet } from "./errors.ts";

/** One field that differs. A text of several lines is shown as a diff of lines. Secret values stand here only as fingerprints. */
export interface Change {
  readonly field: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

/** How the world differs from what is wanted. */
export type Diff =
  | { readonly kind: "same"; readonly note?: string | undefined }
  | { readonly kind: "create"; readonly changes: readonly Change[]; readonly note?: string | undefined }
  | { readonly kind: "update"; readonly changes: readonly Change[]; readonly note?: string | undefined }
  | { readonly kind: "delete"; readonly changes: readonly Change[]; readonly note?: string | undefined }
  | {
      readonly kind: "conflict";
      readonly reason: string;
      readonly fix: string;
      readonly consent?: Consent;
      /** Nobody's mark is on it, so that `adopt` may take it over as it is. */
      readonly adoptable?: boolean;
    };

/** A conflict that a person may set aside. */
interface Consent {
  /** To be answered with yes or no; the reason of the conflict stands before it. */
  readonly question: string;
  /** What is found with a yes. */
  readonly agreed: Diff;
}

/** Why a change is not made. */
export interface Refusal {
  readonly reason: string;
  readonly fix: string;
  /** With a yes to it the change is made. */
  readonly question?: string;
}

/** Tells the user what is being waited for; never called with a secret. */
export type Say = (message: string) => void;

/** What a person would type in a shell to do the same. Secrets go through files or standard input. */
export interface Command {
  /** Lines of a POSIX shell. */
  readonly lines: string;
  /** Parts of the script that they rest on, by name, e.g. functions and variables that must be there before them. */
  readonly needs?: readonly string[] | undefined;
}

/** What a resource may be able to say besides, for the printed script. */
export interface Scripted<R> {
  /** What a person would type. It may be asked before anything of an earlier step is there. */
  command(read: R): Command | Promise<Command>;
}

/**
 * One object that we own. `R` can only read, so `diff` cannot change anything. `N` is what it may need of the systems that it is in, such as
 * a right.
 */
export interface Resource<R, W, N = unknown> extends Partial<Scripted<R>> {
  /** Printed as it is, e.g. "vault auth/k8s-eks-prod/config". */
  readonly id: string;
  diff(read: R): Promise<Diff>;
  /**
   * The changes as a plan shows them, where that is more than `diff` finds: what is too costly to read each time, or what would
   * be made by a resource that is known only later. Asked for what `diff` found to be made or changed, and for `NotYet`.
   */
  preview?(read: R, found: PreviewOf): Promise<readonly Change[]>;
  /**
   * Makes what `diff` found; called only after a diff that was `create`, `update` or `delete`. Says why where it left everything as it is, because
   * somebody else had made it meanwhile.
   */
  apply(write: W, say: Say): Promise<LeftAlone | void>;
  /**
   * What `diff` and `apply` need of the systems, so that all that is missing can be told before the first write. It may be asked before
   * anything of an earlier step is there.
   */
  needs?(read: R): readonly N[] | Promise<readonly N[]>;
}

/** Nothing was changed, and why. */
export interface LeftAlone {
  readonly note: string;
}

/** What a preview is asked for. */
export type PreviewOf = Extract<Diff, { kind: "create" | "update" }> | NotYet;

export const same = (note?: string): Diff => ({ kind: "same", note });
export const conflict = (reason: string, fix: string): Diff => ({ kind: "conflict", reason, fix });
/** A conflict with something that bears no mark. */
export const unmarked = (reason: string, fix: string): Diff => ({ kind: "conflict", reason, fix, adoptable: true });

/** The change, or the conflict that it is, with what a yes makes of it. */
export function unlessRefused(change: Diff, refused: Refusal | undefined): Diff {
  if (refused === undefined) return change;
  const { reason, fix, question } = refused;
  return { kind: "conflict", reason, fix, ...(question !== undefined && { consent: { question, agreed: change } }) };
}
