import path from "node:path";
import { failure, kinds } from "../../../errors.ts";
import { exportedFiles } from "../../../run/export/export.ts";
import { writeExport } from "../../../run/export/write.ts";
import type { Run } from "../command.ts";
import { formatOf, gather, repoPathOf } from "../exported.ts";
import type { fleetExportOptions } from "../own-options.ts";
import { overFleet } from "./over-fleet.ts";

/** The files of each cluster, in a folder that is called as it is in Vault. */
export const run: Run<typeof fleetExportOptions> = (call) => {
  const { out, repoPath = out } = call.options;
  const format = formatOf(call.options.format);
  if (out === undefined || repoPath === undefined)
    throw failure(kinds.usage, {
      what: "Nothing says where the files go",
      fix: "Add --out DIR: a folder for each cluster is written there.",
    });
  return overFleet(call, {
    isData: true,
    work:
      () =>
      async ({ name, spec, systems }, observer) => {
        const onRequest = (method: string, target: string): void => observer({ type: "request", cluster: name, method, target });
        const input = await gather(
          { cluster: name, spec, steps: call.command.steps, format, repoPath: repoPathOf(path.posix.join(repoPath, name)) },
          { ...systems, onRequest },
        );
        const files = exportedFiles(input);
        await writeExport(path.resolve(call.host.cwd, out, name), files);
        return { result: "well", note: `${files.length} files` };
      },
  });
};
