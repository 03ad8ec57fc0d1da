import type { ClusterRecord, FleetBegin, FleetEnd } from "./schema.ts";

interface Seen {
  readonly begin: Pick<FleetBegin, "at" | "fleet">;
  readonly end: Pick<FleetEnd, "counts">;
  readonly records: readonly Pick<ClusterRecord, "cluster" | "status">[];
}

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

/**
 * How a fleet stands as Prometheus reads it from a file.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function metricsText({ begin: { at, fleet = "" }, end: { counts }, records }: Seen): string {
  const all = (value: number): Sample[] => [[{ fleet }, value]];
  const ages = records.flatMap(({ cluster, status }): Sample[] =>
    status?.reviewer?.ageSeconds === undefined ? [] : [[{ fleet, cluster }, status.reviewer.ageSeconds]],
  );
  return [
    ...gauge("clusters", "Clusters of the fleet that were looked at", all(counts.clusters)),
    ...gauge("drifted", "Clusters that differ from what they should be", all(counts.wouldChange + counts.notWell)),
    ...gauge("failed", "Clusters that could not be looked at", all(counts.failed + counts.skipped)),
    ...gauge("reviewer_age_seconds", "Age of the token that Vault reviews with, where it was looked at", ages),
    ...gauge("run_timestamp_seconds", "When this was looked at", all(Date.parse(at) / 1000)),
    "",
  ].join("\n");
}

function gauge(name: string, help: string, samples: readonly Sample[]): string[] {
  const whole = `vault_k8s_fleet_${name}`;
  if (samples.length === 0) return [];
  return [
    `# HELP ${whole} ${help}`,
    `# TYPE ${whole} gauge`,
    ...samples.map(([labels, value]) => `${whole}{${labelsText(labels)}} ${value}`),
  ];
}

const labelsText = (labels: Labels): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`)
    .join(",");
