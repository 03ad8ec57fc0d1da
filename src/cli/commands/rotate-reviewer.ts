import { bind } from "../../core/step.ts";
import { rotateReviewer } from "../../wiring/auth/rotate.ts";
import type { Run } from "./command.ts";
import { prepareForCluster } from "./prepare.ts";
import { runWork } from "./run-steps.ts";

/** Exchanges the token that Vault reviews with for a new one. */
export const run: Run = async (call) =>
  runWork(call, await prepareForCluster(call), { steps: (spec) => Promise.resolve([bind(rotateReviewer, spec)]), preflight: true });
