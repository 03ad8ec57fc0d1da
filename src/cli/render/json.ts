import { collector, type SoFar } from "../../run/collect.ts";
import type { Renderer } from "./renderer.ts";
import { document } from "../../systems/document.ts";
import type { Script } from "../../run/script/script.ts";

/** Collects a run and writes it as one document when it ends. `soFar` is what an error document shows of it. */
export function jsonRenderer(command: string, out: (text: string) => void, script?: Script): Renderer & { soFar(): SoFar } {
  const { event: collect, plan, run, soFar } = collector(command, script);
  return {
    soFar,
    makeWay: () => undefined,
    event: (event) => {
      collect(event);
      if (event.type === "end") out(event.dryRun ? document("Plan", plan(event)) : document("Run", run(event)));
    },
  };
}
