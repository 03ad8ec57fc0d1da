import { rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { failure, kinds } from "../../../errors.ts";
import { metricsText } from "../../../fleet/report/metrics.ts";
import type { FleetOutcome } from "../../../fleet/run-fleet.ts";
import type { Call } from "../command.ts";

/** Writes how the fleet stands for a collector, in one go: a file that is read meanwhile is a whole one. @throws CliError VK1009 */
export async function writeMetrics({ host }: Pick<Call, "host">, named: string, outcome: FleetOutcome): Promise<void> {
  const file = path.resolve(host.cwd, named);
  // A collector takes files that end in .prom.
  const beside = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(beside, metricsText(outcome), { mode: 0o644 });
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw failure(kinds.badInput, {
      what: `The metrics cannot be written to ${file}`,
      why: (error as NodeJS.ErrnoException).code,
      fix: "Name a file in a folder that you may write to with --metrics.",
    });
  }
}
