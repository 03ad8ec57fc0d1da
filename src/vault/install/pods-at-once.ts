import type { Plain } from "../../core/compare.ts";
import type { InstallSpec } from "../../config/spec/install.ts";
import { valueAt } from "../../kubernetes/helm/inputs.ts";
import type { HelmRelease } from "../../systems/world.ts";
import { chartOf } from "../charts.ts";

/**
 * Lets a new StatefulSet make its pods at once, where its chart would wait for each to be unsealed. Kubernetes cannot change that later, so a release
 * keeps what it was made with. A part of the chart's values for `server`.
 */
export function podsAtOnce({ chart }: Pick<InstallSpec, "chart">, found: HelmRelease | undefined): Readonly<Record<string, Plain>> {
  const { pods } = chartOf(chart);
  return found === undefined || valueAt(found, "server", "podManagementPolicy") !== undefined ? pods : {};
}
