import { writeFile } from "node:fs/promises";
import path from "node:path";
import { CliError, type ExitCode } from "../../core/errors.ts";
import { failure, kinds } from "../../errors.ts";
import { junitReport } from "../render/junit.ts";
import type { Call, Run } from "./command.ts";
import type { verifyOptions } from "./own-options.ts";
import { prepareForCluster } from "./prepare.ts";
import { boundSteps } from "../../run/bound-steps.ts";
import { runWork } from "./run-steps.ts";

/** The proofs; with --inside also from pods, with --junit also as a file. */
export const run: Run<typeof verifyOptions> = async (call) => {
  const { inside, image, junit } = call.options;
  if (image !== undefined && inside !== true)
    throw failure(kinds.usage, { what: "--image is of the pods of --inside", fix: "Add --inside, or leave --image out." });
  const prepared = await prepareForCluster(call);
  const report = junitReport(`vault-k8s verify ${prepared.cluster}`);
  const work = () =>
    runWork(call, prepared, {
      steps: async (spec) => [
        ...(await boundSteps(call.command.steps, spec)),
        ...(inside === true ? [(await import("../../run/verify/inside-step.ts")).insideStep(spec, image)] : []),
      ],
      also: report.event,
    });
  return junit !== undefined ? await reported(call, junit, report, work) : await work();
};

/** Writes the report whether the proofs pass or not. */
async function reported(
  { host }: Call,
  file: string,
  report: ReturnType<typeof junitReport>,
  work: () => Promise<ExitCode>,
): Promise<ExitCode> {
  const write = (failed?: string): Promise<void> =>
    writeFile(path.resolve(host.cwd, file), report.text(failed)).catch((error: NodeJS.ErrnoException) => {
      throw failure(kinds.badInput, { what: `The report ${file} cannot be written`, why: error.code, fix: "Correct --junit." });
    });
  try {
    const exit = await work();
    await write();
    return exit;
  } catch (error) {
    // A proof that failed stands in the report already.
    const known = error instanceof CliError && error.kind === kinds.verifyFailed;
    await write(known ? undefined : error instanceof Error ? error.message : String(error));
    throw error;
  }
}
