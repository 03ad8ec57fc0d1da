import { collector, type SoFar } from "../../run/collect.ts";
import type { Renderer } from "../../run/observer.ts";
import { document } from "../../core/document.ts";
import type { Script } from "../../run/script/script.ts";

/** Collects a run and writes it as one document when it ends. `soFar` is what an error document shows of it. */
export function jsonRenderer(command: string, out: (text: string) => void, script?: Script): Renderer & { soFar(): SoFar } {
  const { plan, run, ...collecting } = collector(command, script);
  return {
    ...collecting,
    makeWay: () => undefined,
    end: (summary) => out(summary.dryRun ? document("Plan", plan(summary)) : document("Run", run(summary))),
  };
}
