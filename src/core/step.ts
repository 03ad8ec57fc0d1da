import type { Check } from "./check.ts";
import type { Resource } from "./resource.ts";

/** A part of the work as data: what it is called, which settings it needs, and what it is made of. */
export interface Step<S, R, W, N = unknown> {
  readonly id: string;
  readonly title: string;
  readonly inputs: readonly (keyof S & string)[];
  resources(settings: S): Resource<R, W, N>[];
  checks(settings: S): Check<R, N>[];
  /** What a person should know of these settings, whatever the run finds. */
  notices(settings: S): Notice[];
}

/** Something to know, and what to do about it. */
export interface Notice {
  readonly reason: string;
  readonly fix: string;
}

/** A step whose settings are known. */
export interface BoundStep<R, W, N = unknown> {
  readonly id: string;
  readonly title: string;
  readonly resources: readonly Resource<R, W, N>[];
  readonly checks: readonly Check<R, N>[];
  readonly notices?: readonly Notice[];
}

/** Gives a step its settings. */
export function bind<S, R, W, N>(step: Step<S, R, W, N>, settings: S): BoundStep<R, W, N> {
  const { id, title } = step;
  return { id, title, resources: step.resources(settings), checks: step.checks(settings), notices: step.notices(settings) };
}
