import type { Check, Fix } from "./check.ts";
import type { Resource } from "./resource.ts";

/** A part of the work as data: what it is called, and what it is made of. */
export interface Step<S, R, W, N = unknown> {
  readonly id: string;
  readonly title: string;
  resources(spec: S): Resource<R, W, N>[];
  checks(spec: S): Check<R, N>[];
  /** What a person should know of what is wanted, whatever the run finds. */
  notices(spec: S): Notice[];
  /** What a person should know at the end of what is there then. Only reads, and throws nothing but an interruption. */
  noticesAfter?(spec: S, read: R): Promise<readonly LateNotice[]>;
}

/** Something to know, and what to do about it. */
export interface Notice {
  readonly reason: string;
  readonly fix: string;
}

/** Something to know that was found at the end; its mend may name the lines of our own commands. */
interface LateNotice {
  readonly reason: string;
  readonly fix: Fix;
}

/** A step of which it is known what is wanted. */
export interface BoundStep<R, W, N = unknown> {
  readonly id: string;
  readonly title: string;
  readonly resources: readonly Resource<R, W, N>[];
  readonly checks: readonly Check<R, N>[];
  readonly notices?: readonly Notice[];
  noticesAfter?(read: R): Promise<readonly LateNotice[]>;
}

/** Gives a step what is wanted. */
export function bind<S, R, W, N>(step: Step<S, R, W, N>, spec: S): BoundStep<R, W, N> {
  const { id, title } = step;
  return {
    id,
    title,
    resources: step.resources(spec),
    checks: step.checks(spec),
    notices: step.notices(spec),
    noticesAfter: async (read) => (await step.noticesAfter?.(spec, read)) ?? [],
  };
}
