/** The line of another command of ours, with what this run was told of the cluster and Vault, to be typed as it is. */
export type OwnLine = (command: string, ...rest: readonly string[]) => string;

/** How something is mended; given the lines of our own commands where it names some. */
export type Fix = string | ((line: OwnLine) => string);

/**
 * What a check found. `missing`: the wiring holds, but something that a person provides is not there yet, which may be a `secret`. `unproven`: nothing speaks against
 * it, and from here it cannot be seen.
 */
export type Found<F = Fix> =
  | { readonly kind: "pass"; readonly detail?: string | undefined }
  | { readonly kind: "unproven"; readonly reason: string }
  | { readonly kind: "missing"; readonly reason: string; readonly fix: F; readonly secret?: boolean }
  | { readonly kind: "fail"; readonly reason: string; readonly fix: F; readonly final?: boolean };

/** The same in words alone. */
export type Finding = Found<string>;

/** One fact that must hold. It only reads (proofs such as a login count as reading). */
export interface Check<R, N = unknown> {
  readonly id: string;
  readonly title: string;
  /** The fact may take a while to become true: asked again until the run's deadline. */
  readonly settles?: boolean;
  /** What `run` needs of the systems; as for a resource. */
  needs?(read: R): readonly N[] | Promise<readonly N[]>;
  /**
   * Begins to ask what `run` needs first, before it is known whether that is called: nothing that leaves a trace where it is proven. Never throws.
   * @returns what forgets it again, where the world has changed meanwhile
   */
  prepare?(read: R): () => void;
  run(read: R): Promise<Found>;
}

export const pass = (detail?: string): Found<never> => ({ kind: "pass", detail });
export const unproven = (reason: string): Found<never> => ({ kind: "unproven", reason });
export const missing = <F extends Fix>(reason: string, fix: F): Found<F> => ({ kind: "missing", reason, fix });
/** A secret that nobody has written yet. */
export const missingSecret = <F extends Fix>(reason: string, fix: F): Found<F> => ({ kind: "missing", reason, fix, secret: true });
export const fail = <F extends Fix>(reason: string, fix: F): Found<F> => ({ kind: "fail", reason, fix });
/** A failure that waiting cannot mend. */
export const failForGood = <F extends Fix>(reason: string, fix: F): Found<F> => ({ kind: "fail", reason, fix, final: true });

/** Puts the lines of our own commands into what a check found. */
export function inWords(found: Found, line: OwnLine): Finding {
  if (found.kind === "pass" || found.kind === "unproven") return found;
  return { ...found, fix: typeof found.fix === "string" ? found.fix : found.fix(line) };
}

/** Our own commands without flags: how they are named where nobody says with which. */
export const named: OwnLine = (command, ...rest) => ["vault-k8s", command, ...rest].join(" ");
