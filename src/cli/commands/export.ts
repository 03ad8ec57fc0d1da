import path from "node:path";
import { exitCodes } from "../../core/errors.ts";
import { exportedFiles, type ExportInput } from "../../run/export/export.ts";
import type { ExportedFile } from "../../run/export/file.ts";
import { writeExport } from "../../run/export/write.ts";
import { document } from "../../systems/document.ts";
import type { CallWith, Run } from "./command.ts";
import { formatOf, gather, repoPathOf } from "./exported.ts";
import type { exportOptions } from "./own-options.ts";
import { prepareForCluster, type ForCluster } from "./prepare.ts";
import { worldOptions } from "./world-options.ts";

type ExportCall = CallWith<typeof exportOptions>;

/** Writes what bootstrap would make as files, for those who keep such things in Git. */
export const run: Run<typeof exportOptions> = async (call) => {
  const format = formatOf(call.options.format);
  const prepared = await prepareForCluster(call);
  const { spec, cluster } = prepared;
  const { out = ".", repoPath = out } = call.options;
  const input = await gather(
    { cluster, spec, steps: call.command.steps, format, repoPath: repoPathOf(repoPath) },
    worldOptions(call, prepared),
  );
  const files = exportedFiles(input);
  await write(call, prepared, input, files);
  return exitCodes.done;
};

async function write(
  { options: { out }, host }: ExportCall,
  { spec, terminal }: ForCluster,
  input: ExportInput,
  files: readonly ExportedFile[],
): Promise<void> {
  const { cluster, format, releases } = input;
  if (out !== undefined) {
    const folder = path.resolve(host.cwd, out);
    await writeExport(folder, files);
    if (!spec.run.quiet) terminal.err(`${files.length} files in ${folder}; README.md says how they are applied.\n`);
  }
  if (spec.run.output === "json")
    return terminal.out(
      document("Export", {
        cluster,
        format,
        files: files.map(({ path: file, text }) => ({ path: file, text })),
        leftOut: Object.fromEntries(releases.map(({ name, leftOut }) => [name, leftOut])),
      }),
    );
  if (out !== undefined) return;
  terminal.out(
    files
      .filter(({ manifest }) => manifest === true)
      .map(({ text }) => `---\n${text}`)
      .join(""),
  );
  if (!spec.run.quiet)
    terminal.err("Only the manifests stand here. Vault's side, the values of Helm and a README are written with --out DIR.\n");
}
