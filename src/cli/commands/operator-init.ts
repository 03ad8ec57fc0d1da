import type { Spec } from "../../config/spec.ts";
import { failure, kinds } from "../../errors.ts";
import type { AppBoundStep } from "../../systems/step.ts";
import type { Run } from "./command.ts";
import type { operatorInitOptions } from "./own-options.ts";
import { prepareForCluster } from "./prepare.ts";
import { boundSteps } from "../../run/bound-steps.ts";
import { runWork } from "./run-steps.ts";

/** Initialises Vault; with --wipe-lost and the typed name of the cluster, after the data of an init whose keys were lost is deleted. */
export const run: Run<typeof operatorInitOptions> = async (call) => {
  const prepared = await prepareForCluster(call);
  const { wipeLost: typed } = call.options;
  if (typed === undefined) return runWork(call, prepared, { steps: (spec) => boundSteps(call.command.steps, spec) });
  if (typed !== prepared.cluster)
    throw failure(kinds.usage, {
      what: `--wipe-lost ${typed} is not the name of the cluster`,
      why: `The cluster is ${prepared.cluster}. Its data is deleted only when its name is typed out.`,
      fix: `If you mean it: --wipe-lost ${prepared.cluster}`,
    });
  return runWork(call, prepared, { steps: async (spec) => [await wiping(spec)] });
};

async function wiping(spec: Spec): Promise<AppBoundStep> {
  const { initResources, operatorInit } = await import("../../vault/init/step.ts");
  return { id: operatorInit.id, title: operatorInit.title, resources: initResources(spec, true), checks: [] };
}
