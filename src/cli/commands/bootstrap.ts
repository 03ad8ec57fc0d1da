import type { Run } from "./command.ts";
import { saveLine } from "./config-file/save-line.ts";
import { askedForNext, nextLines } from "../../run/next-lines.ts";
import { prepareForCluster } from "./prepare.ts";
import { boundSteps } from "../../run/bound-steps.ts";
import { runWork } from "./run-steps.ts";
import { stepsFor } from "../../run/which-steps.ts";

/** Runs all steps; those that put Vault into a cluster only where Vault belongs into this one. */
export const run: Run = async (call) => {
  const prepared = await prepareForCluster(call);
  return await runWork(call, prepared, {
    steps: (spec) => boundSteps(stepsFor(call.command.steps, spec), spec),
    preflight: true,
    ahead: (world) => askedForNext(prepared.spec, world),
    next: async (world) => [...(await nextLines(prepared.spec, world, call.host.env)), ...(await saveLine(call, prepared.terminal))],
  });
};
