import type { Readers, Writers } from "./world.ts";
import type { Spec } from "../config/spec.ts";
import type { Check } from "../core/check.ts";
import type { Resource } from "../core/resource.ts";
import type { BoundStep, Step } from "../core/step.ts";
import type { Content } from "./content.ts";
import type { Need } from "./need.ts";
import type { AppRemoval, Ref, RemovalPolicy } from "./removal.ts";

/** A resource of ours. */
export interface AppResource extends Resource<Readers, Writers, Need> {
  /** What stands at its name, for whoever takes it over as ours. Left out where that never happens. */
  readonly ref?: Ref | undefined;
  /** What takes it away. Left out for what belongs to a whole Vault and stays in it, and for what goes with something else. */
  removal?(policy: RemovalPolicy): AppRemoval;
  /** What a person would keep of it in a repository; it may be asked before anything of an earlier step is there. Undefined for what is not ours. */
  content?(read: Readers): Promise<Content | undefined>;
}
export type AppCheck = Check<Readers, Need>;
export interface AppStep extends Step<Spec, Readers, Writers, Need> {
  resources(spec: Spec): AppResource[];
  /** What takes away what the step may have left besides its resources, such as what an earlier run named. */
  removals(spec: Spec, policy: RemovalPolicy): AppRemoval[];
}
/** A step of which it is known what is wanted. */
export type AppBoundStep = BoundStep<Readers, Writers, Need>;

/** Writes a step down; what it does not say it does not have. */
export function defineStep(step: Pick<AppStep, "id" | "title"> & Partial<AppStep>): AppStep {
  return { resources: () => [], checks: () => [], notices: () => [], removals: () => [], ...step };
}
