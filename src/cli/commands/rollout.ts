import { bind } from "../../core/step.ts";
import { rollout } from "../../vault/rollout/step.ts";
import type { Run } from "./command.ts";
import { prepareForCluster } from "./prepare.ts";
import { runWork } from "./run-steps.ts";

/** Replaces Vault's pods that are of an earlier revision than their StatefulSet's, one at a time. */
export const run: Run = async (call) =>
  runWork(call, await prepareForCluster(call), { steps: (spec) => Promise.resolve([bind(rollout, spec)]), preflight: true });
