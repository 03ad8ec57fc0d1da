import { recipeOf, type Recipe } from "./recipes.ts";

type Component = Recipe["component"];

/** What the builder tells while it works. Times are in seconds; what is left counts all that is not there yet. */
export type BuildEvent =
  | { readonly kind: "present"; readonly component: Component; readonly folder: string }
  | { readonly kind: "waiting"; readonly pid: number }
  | ({ readonly kind: "started" | "running" | "built"; readonly component: Component } & Progress)
  | { readonly kind: "failed"; readonly component: Component; readonly reason: string }
  | { readonly kind: "cleaning" | "cleaned" };

/** How far the builds are. */
export interface Progress {
  readonly elapsed: number;
  readonly left: readonly Component[];
  readonly leftSeconds: number;
}

/** How far the builds are when the first of those that are left has been under way for so many seconds. */
export function progressOf(left: readonly Component[], elapsed: number): Progress {
  const [first, ...others] = left.map((component) => recipeOf(component).seconds);
  const leftSeconds = others.reduce((sum, each) => sum + each, Math.max((first ?? 0) - elapsed, 0));
  return { elapsed: Math.round(elapsed), left, leftSeconds: Math.round(leftSeconds) };
}

/** One line for a person about an event, or nothing where it would only be noise. */
export function lineOf(event: BuildEvent): string | undefined {
  switch (event.kind) {
    case "present":
      return undefined;
    case "waiting":
      return `Waiting for the build that process ${event.pid} is doing.`;
    case "failed":
      return `Building ${event.component} failed: ${event.reason}`;
    case "cleaning":
      return "All components are built; what only the builds needed, some 15 GB, is being removed, which takes about half a minute.";
    case "cleaned":
      return "What only the builds needed is removed.";
    default:
      return `${verbs[event.kind]} ${titleOf(event.component)}${timesOf(event)}`;
  }
}

const verbs = { started: "Building", running: "Building", built: "Built" };

function titleOf(component: Component): string {
  return `${component} ${recipeOf(component).version}`;
}

function timesOf(event: { kind: string } & Progress): string {
  const elapsed = event.kind === "started" ? "" : `${event.kind === "built" ? " in" : ","} ${spoken(event.elapsed)}`;
  const others = event.kind === "built" ? event.left : event.left.slice(1);
  if (event.left.length === 0) return `${elapsed}, nothing left to build.`;
  const next = others.length === 0 ? "the last one" : `${others.length} ${event.kind === "built" ? "left" : "more to come"}`;
  return `${elapsed}, ${next}, about ${spoken(event.leftSeconds)} to go.`;
}

/** A length of time as a person says it. */
function spoken(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
