import type { Check } from "./check.ts";
import type { Resource } from "./resource.ts";

/** A part of the work as data: what it is called, which settings it needs, and what it is made of. */
export interface Step<S, R, W> {
  readonly id: string;
  readonly title: string;
  readonly inputs: readonly (keyof S & string)[];
  resources(settings: S): Resource<R, W>[];
  checks(settings: S): Check<R>[];
}

/** A step whose settings are known. */
export interface BoundStep<R, W> {
  readonly id: string;
  readonly title: string;
  readonly resources: readonly Resource<R, W>[];
  readonly checks: readonly Check<R>[];
}

/** Gives a step its settings. */
export function bind<S, R, W>(step: Step<S, R, W>, settings: S): BoundStep<R, W> {
  const { id, title } = step;
  return { id, title, resources: step.resources(settings), checks: step.checks(settings) };
}
