import type { Readers, Writers } from "./world.ts";
import type { Settings } from "../config/fields.ts";
import type { Check } from "../core/check.ts";
import type { Resource } from "../core/resource.ts";
import type { BoundStep, Notice, Step } from "../core/step.ts";
import type { Content } from "./content.ts";
import type { Need } from "./need.ts";
import type { AppRemoval, Ref, RemovalPolicy } from "./removal.ts";
import type { Spec } from "../config/spec.ts";

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
export interface AppStep extends Step<Settings, Readers, Writers, Need> {
  resources(settings: Settings): AppResource[];
  /** What takes away what the step may have left besides its resources, such as what an earlier run named. */
  removals(spec: Spec, policy: RemovalPolicy): AppRemoval[];
}
/** A step whose settings are known. */
export type AppBoundStep = BoundStep<Readers, Writers, Need>;

/**
 * Writes a step down. Its functions see only the settings that it names in `inputs`, so a command's flags cannot
 * fall out of step with what the step reads.
 */
export function defineStep<const K extends keyof Settings>(step: {
  id: string;
  title: string;
  inputs: readonly K[];
  resources?: (settings: Pick<Settings, K>) => AppResource[];
  checks?: (settings: Pick<Settings, K>) => AppCheck[];
  notices?: (settings: Pick<Settings, K>) => Notice[];
  removals?: (spec: Spec, policy: RemovalPolicy) => AppRemoval[];
}): AppStep {
  const { id, title, inputs, resources = () => [], checks = () => [], notices = () => [], removals = () => [] } = step;
  return { id, title, inputs, resources, checks, notices, removals };
}
