import { expect, it } from "vitest";
import { metricsText } from "../../../src/fleet/report/metrics.ts";

const counts = { clusters: 5, changed: 0, unchanged: 1, wouldChange: 1, well: 0, notWell: 1, failed: 1, skipped: 1 };
const at = "2026-01-02T03:04:05.000Z";

it("says how a fleet stands, with the age of each reviewer that was looked at", () => {
  const status = { reviewer: { ageSeconds: 60 } } as never;
  const text = metricsText({ begin: { at, fleet: "prod" }, end: { counts }, records: [{ cluster: "a", status }, { cluster: "b" }] });
  expect(text.split("\n").filter((line) => !line.startsWith("#"))).toEqual([
    'vault_k8s_fleet_clusters{fleet="prod"} 5',
    'vault_k8s_fleet_drifted{fleet="prod"} 2',
    'vault_k8s_fleet_failed{fleet="prod"} 2',
    'vault_k8s_fleet_reviewer_age_seconds{fleet="prod",cluster="a"} 60',
    'vault_k8s_fleet_run_timestamp_seconds{fleet="prod"} 1767323045',
    "",
  ]);
});

it("names each metric once, and names that are strange are quoted", () => {
  const text = metricsText({ begin: { at, fleet: 'a"b\\c\nd' }, end: { counts }, records: [] });
  expect(text).toContain(String.raw`{fleet="a\"b\\c\nd"} 5`);
  expect(text).not.toContain("reviewer_age");
  const types = text.split("\n").filter((line) => line.startsWith("# TYPE"));
  expect(new Set(types).size).toBe(types.length);
});
