import type { Settings } from "../config/fields.ts";
import type { Run } from "./command.ts";
import { nextLines } from "./next-lines.ts";
import { prepareForCluster } from "./prepare.ts";
import { boundSteps, runWork } from "./run-steps.ts";

/** Runs all steps; those that put Vault into a cluster only where Vault belongs into this one. */
export const run: Run = async (call) =>
  runWork(call, await prepareForCluster(call), {
    steps: async (settings) => {
      const { vaultSteps } = await import("../steps/index.ts");
      const ids = call.command.steps.filter((id) => bringsVault(settings) || !vaultSteps.includes(id));
      return await boundSteps(ids, settings);
    },
    next: nextLines,
  });

const bringsVault = ({ vaultAddr, vaultContext }: Settings): boolean => vaultAddr === undefined && vaultContext === undefined;
