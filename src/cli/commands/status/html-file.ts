import path from "node:path";
import { replaceFile } from "../../../keys/files.ts";
import { failure, kinds } from "../../../errors.ts";
import { statusHtml } from "../../render/status-html.ts";
import type { ClusterStatus } from "../../../run/status/schema.ts";
import { version } from "../../../core/version.ts";
import type { Call } from "../command.ts";

export const writeHtml = (call: Pick<Call, "host">, file: string, clusters: readonly ClusterStatus[]): Promise<void> =>
  writePage(call, file, statusHtml(clusters, { at: new Date(), version }));

/** Writes the page of --html, for its owner alone. @throws CliError VK1009 */
export async function writePage({ host }: Pick<Call, "host">, file: string, page: string): Promise<void> {
  await replaceFile(path.resolve(host.cwd, file), page).catch((error: NodeJS.ErrnoException) => {
    throw failure(kinds.badInput, {
      what: `The page cannot be written to ${file}`,
      why: error.code,
      fix: "Name a file that you may write with --html.",
    });
  });
}
