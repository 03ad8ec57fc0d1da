import type { Run } from "./command.ts";
import { nextLines } from "./next-lines.ts";
import { prepareForCluster } from "./prepare.ts";
import { boundSteps, runWork } from "./run-steps.ts";
import { stepsFor } from "../../run/which-steps.ts";

/** Runs all steps; those that put Vault into a cluster only where Vault belongs into this one. */
export const run: Run = async (call) =>
  runWork(call, await prepareForCluster(call), {
    steps: (spec) => boundSteps(stepsFor(call.command.steps, spec), spec),
    preflight: true,
    next: nextLines,
  });
