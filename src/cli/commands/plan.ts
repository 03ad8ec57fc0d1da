import path from "node:path";
import type { Spec } from "../../config/spec.ts";
import { CliError, exitCodes } from "../../core/errors.ts";
import { collector } from "../../run/collect.ts";
import type { CallWith, Run } from "./command.ts";
import type { planOptions } from "./own-options.ts";
import { refuseSecrets, writePlan } from "../../run/plan/file.ts";
import { prepareForCluster, type ForCluster } from "./prepare.ts";
import { boundSteps } from "../../run/bound-steps.ts";
import { runWork } from "./run-steps.ts";
import { stepsFor } from "../../run/which-steps.ts";

/** What bootstrap would change, and nothing else. */
export const run: Run<typeof planOptions> = async (call) => {
  const detailed = call.options.detailedExitcode === true;
  try {
    const prepared = await prepareForCluster(call);
    if (call.options.out !== undefined) refuseSecrets(prepared.resolved);
    return await plan(call, { ...prepared, spec: withoutWriting(prepared.spec) }, detailed);
  } catch (error) {
    throw detailed && error instanceof CliError && error.kind.exit !== exitCodes.interrupted ? asOne(error) : error;
  }
};

const withoutWriting = (spec: Spec): Spec => ({ ...spec, run: { ...spec.run, dryRun: true } });

function plan(call: CallWith<typeof planOptions>, prepared: ForCluster, detailed: boolean): ReturnType<Run> {
  const gathered = collector(call.command.name);
  const { out } = call.options;
  return runWork(call, prepared, {
    steps: (spec) => boundSteps(stepsFor(call.command.steps, spec), spec),
    also: gathered.event,
    ...(detailed && { exit: ({ changed, pending }) => (changed + pending > 0 ? exitCodes.differences : undefined) }),
    done: async (outcome, world) => {
      if (out !== undefined)
        await writePlan(path.resolve(call.host.cwd, out), gathered.plan(outcome), prepared.resolved, await world.kube.clusterUid());
    },
  });
}

/** With --detailed-exitcode every failure is 1, as diff and terraform have it. */
const asOne = ({ kind, message, why, fix }: CliError): CliError =>
  new CliError({ ...kind, exit: exitCodes.failed }, { what: message, why, fix });
