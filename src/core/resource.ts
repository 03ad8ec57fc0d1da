/** One field that differs. Secret values stand here only as fingerprints. */
export interface Change {
  readonly field: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

/** How the world differs from what is wanted. */
export type Diff =
  | { readonly kind: "same"; readonly note?: string | undefined }
  | { readonly kind: "create"; readonly changes: readonly Change[] }
  | { readonly kind: "update"; readonly changes: readonly Change[] }
  | { readonly kind: "conflict"; readonly reason: string; readonly fix: string };

/** Tells the user what is being waited for; never called with a secret. */
export type Say = (message: string) => void;

/**
 * One object that we own. `R` can only read, so `diff` cannot change anything.
 */
export interface Resource<R, W> {
  /** Printed as it is, e.g. "vault auth/k8s-eks-prod/config". */
  readonly id: string;
  diff(read: R): Promise<Diff>;
  /** Makes what `diff` found; called only after a diff that was `create` or `update`. */
  apply(write: W, say: Say): Promise<void>;
  /** Takes it away again, where that is possible. */
  remove?(write: W): Promise<void>;
  /** What a person would type to do the same; secrets are named by file, never by value. */
  command(): string;
}

export const same = (note?: string): Diff => ({ kind: "same", note });
export const conflict = (reason: string, fix: string): Diff => ({ kind: "conflict", reason, fix });
