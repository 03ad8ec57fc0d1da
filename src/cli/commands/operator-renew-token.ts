import { bind } from "../../core/step.ts";
import { renewToken } from "../../vault/root/renewed.ts";
import type { Run } from "./command.ts";
import { prepareForCluster } from "./prepare.ts";
import { runWork } from "./run-steps.ts";

/** Renews the token that took over from the root token. */
export const run: Run = async (call) =>
  runWork(call, await prepareForCluster(call), { steps: (spec) => Promise.resolve([bind(renewToken, spec)]) });
