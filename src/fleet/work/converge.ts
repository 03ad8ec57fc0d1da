import type { Spec } from "../../config/spec.ts";
import { exitCodes } from "../../core/errors.ts";
import type { Work as RunWork } from "../../run/work.ts";
import { run } from "../../run/run.ts";
import type { RunOutcome } from "../../run/observer.ts";
import type { AppBoundStep } from "../../systems/step.ts";
import type { Work } from "../engine/here.ts";
import type { Result } from "../report/record.ts";

/** What a run over each cluster is about, besides its steps. */
export interface Converging extends Pick<RunWork, "preflight" | "around" | "missingIs"> {
  readonly steps: (spec: Spec) => Promise<readonly AppBoundStep[]>;
}

/** Runs steps over each cluster, as the commands for one cluster do. Nobody is asked: what is to be confirmed, is before the fleet is begun. */
export const converging =
  ({ steps, ...work }: Converging): Work =>
  async ({ spec, systems, commandLines }, observer) =>
    resultOf(await run(spec, systems, observer, { ...work, steps: await steps(spec), commandLines }));

function resultOf({ changed, pending, dryRun, exitCode, findings }: RunOutcome): Result {
  const missing = findings.flatMap((finding) => (finding.kind === "missing" ? [finding.reason] : []));
  const note = missing.length === 0 ? {} : { note: missing.join("; ") };
  if (dryRun) return { result: changed + pending > 0 ? "would-change" : "unchanged", ...note };
  if (exitCode === exitCodes.differences) return { result: "not-well", ...note };
  return { result: changed > 0 ? "changed" : "unchanged", ...note };
}
