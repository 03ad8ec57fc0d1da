/** What a check found. `missing`: the wiring holds, but something that a person provides is not there yet. */
export type Finding =
  | { readonly kind: "pass"; readonly detail?: string | undefined }
  | { readonly kind: "missing"; readonly reason: string; readonly fix: string }
  | { readonly kind: "fail"; readonly reason: string; readonly fix: string; readonly final?: boolean };

/** One fact that must hold. It only reads (proofs such as a login count as reading). */
export interface Check<R, N = unknown> {
  readonly id: string;
  readonly title: string;
  /** The fact may take a while to become true: asked again until the run's deadline. */
  readonly settles?: boolean;
  /** What `run` needs of the systems; as for a resource. */
  needs?(read: R): readonly N[] | Promise<readonly N[]>;
  run(read: R): Promise<Finding>;
}

export const pass = (detail?: string): Finding => ({ kind: "pass", detail });
export const missing = (reason: string, fix: string): Finding => ({ kind: "missing", reason, fix });
export const fail = (reason: string, fix: string): Finding => ({ kind: "fail", reason, fix });
/** A failure that waiting cannot mend. */
export const failForGood = (reason: string, fix: string): Finding => ({ kind: "fail", reason, fix, final: true });
