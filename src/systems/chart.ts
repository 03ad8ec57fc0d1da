import type { ChartRef } from "./world.ts";

/** A plain name stands for a chart in a repository; anything else is a path, an archive, an oci:// reference or an alias of helm's own. */
export const isPlainName = (chart: string): boolean => /^[A-Za-z0-9][\w.-]*$/.test(chart) && !/\.(tgz|tar\.gz)$/.test(chart);

/** The arguments that say which chart. --repo goes only with plain names: helm takes anything else in it for a name. */
export function chartArgs({ chart, repo, version }: ChartRef): string[] {
  const from = repo !== undefined && repo !== "" && isPlainName(chart) ? ["--repo", repo] : [];
  return [chart, ...from, ...(version === undefined ? [] : ["--version", version])];
}
