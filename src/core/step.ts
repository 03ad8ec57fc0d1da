import type { Check } from "./check.ts";
import type { Resource } from "./resource.ts";

/** A part of the work as data: what it is called, and what it is made of. */
export interface Step<S, R, W, N = unknown> {
  readonly id: string;
  readonly title: string;
  resources(spec: S): Resource<R, W, N>[];
  checks(spec: S): Check<R, N>[];
  /** What a person should know of what is wanted, whatever the run finds. */
  notices(spec: S): Notice[];
}

/** Something to know, and what to do about it. */
export interface Notice {
  readonly reason: string;
  readonly fix: string;
}

/** A step of which it is known what is wanted. */
export interface BoundStep<R, W, N = unknown> {
  readonly id: string;
  readonly title: string;
  readonly resources: readonly Resource<R, W, N>[];
  readonly checks: readonly Check<R, N>[];
  readonly notices?: readonly Notice[];
}

/** Gives a step what is wanted. */
export function bind<S, R, W, N>(step: Step<S, R, W, N>, spec: S): BoundStep<R, W, N> {
  const { id, title } = step;
  return { id, title, resources: step.resources(spec), checks: step.checks(spec), notices: step.notices(spec) };
}
