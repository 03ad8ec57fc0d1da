import type { ChartRef } from "../../systems/world.ts";
import { isPlainName } from "../../systems/chart.ts";
import { failure, kinds } from "../../errors.ts";

/**
 * A chart as a controller in the cluster reaches it.
 * @throws CliError VK1004 for a folder or an archive, which are only on this machine.
 */
export function remoteChart(
  { chart, repo, version = "*" }: ChartRef,
  reader: string,
): { readonly repo: string; readonly name: string; readonly version: string } {
  const [, registry, name] = /^(oci:\/\/.+)\/([^/]+)$/.exec(chart) ?? [];
  if (registry !== undefined && name !== undefined) return { repo: registry, name, version };
  if (repo !== undefined && isPlainName(chart)) return { repo, name: chart, version };
  throw failure(kinds.badValue, {
    what: `${reader} cannot reach the chart ${chart}`,
    why: "A folder or an archive is only on this machine.",
    fix: "Name a chart of a repository or a registry: --chart and --chart-repo, --operator-chart and --operator-chart-repo.",
  });
}
