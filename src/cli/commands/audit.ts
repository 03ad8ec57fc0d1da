import { failure, kinds } from "../../errors.ts";
import type { Run } from "./command.ts";
import { prepareForCluster } from "./prepare.ts";
import { boundSteps } from "../../run/bound-steps.ts";
import { runWork } from "./run-steps.ts";

/** The step alone; without a place it would do nothing. */
export const run: Run = async (call) => {
  const prepared = await prepareForCluster(call);
  if (prepared.spec.vault.audit === undefined)
    throw failure(kinds.usage, { what: "Nothing says where Vault writes its audit log", fix: "Add --audit file or --audit stdout." });
  return await runWork(call, prepared, { steps: (spec) => boundSteps(call.command.steps, spec) });
};
