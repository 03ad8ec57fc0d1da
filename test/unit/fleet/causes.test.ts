import { expect, test } from "vitest";
import { causesOf } from "../../../src/fleet/report/causes.ts";
import { fleetDocument, type ClusterRecord } from "../../../src/fleet/report/schema.ts";
import { recordOf } from "../../../src/fleet/report/record.ts";
import { countsOf, exitOf } from "../../../src/fleet/report/totals.ts";
import { failure, kinds } from "../../../src/errors.ts";

const host = (index: number): string => `10.0.${index >> 8}.${index & 255}`;
const known = (index: number) => ({
  cluster: `eu-${index}`,
  context: `arn:aws:eks:${index}:cluster/eu-${index}`,
  server: `https://${host(index)}:6443`,
  requests: 3,
  resources: [],
});
const record = (index: number, error: Error): ClusterRecord => recordOf({ member: index, seconds: 1, kind: "failed", error }, known(index));
const unreachable = (index: number): ClusterRecord =>
  record(
    index,
    failure(kinds.kubeUnreachable, {
      what: `The API server https://${host(index)}:6443 of context arn:aws:eks:${index}:cluster/eu-${index} does not answer`,
      why: `connect ECONNREFUSED ${host(index)}:6443`,
      fix: `Look: kubectl --context arn:aws:eks:${index}:cluster/eu-${index} version`,
    }),
  );
const denied = (index: number): ClusterRecord =>
  record(index, failure(kinds.vaultDenied, { what: `Vault refuses: write sys/auth/k8s-eu-${index}` }));

test("the same failure of 400 clusters is one cause, with none of their names", () => {
  const causes = causesOf([denied(3), ...Array.from({ length: 400 }, (_, index) => unreachable(index))]);
  expect(causes).toHaveLength(2);
  expect(causes[0]).toMatchObject({
    code: "VK1103",
    count: 400,
    what: "The API server <API server> of context <context> does not answer",
    why: "connect ECONNREFUSED <API server>",
    fix: "Look: kubectl --context <context> version",
  });
  expect(causes[1]).toMatchObject({ code: "VK1203", count: 1, what: "Vault refuses: write sys/auth/k8s-<cluster>", clusters: ["eu-3"] });
});

test("a cluster's name within another word is no name of it", () => {
  const one = recordOf(
    { member: 0, seconds: 0, kind: "failed", error: failure(kinds.usage, { what: "production of prod and k8s-prod" }) },
    { cluster: "prod", requests: 0, resources: [] },
  );
  expect(causesOf([one])[0]?.what).toBe("production of <cluster> and k8s-<cluster>");
});

test("other words are other causes, though the code is the same", () => {
  const refused = record(1, failure(kinds.vaultDenied, { what: "Vault refuses: read sys/auth" }));
  expect(causesOf([denied(1), refused, denied(2)]).map(({ count }) => count)).toEqual([2, 1]);
});

test("a fault of ours stops one cluster, and shows no token", () => {
  const { failure: words } = record(1, new TypeError("cannot read hvs.CAESIJlWqkCanaryCanaryCanaryCanaryCanary of undefined"));
  expect(words?.code).toBe("BUG");
  expect(words?.what).not.toContain("hvs.CAESIJlWqkCanary");
});

test("counts and exit codes", () => {
  const of = (result: ClusterRecord["result"]): ClusterRecord => ({ ...known(1), result, seconds: 0 });
  const exit = (...results: ClusterRecord["result"][]): number => exitOf(countsOf(results.map(of)), false);
  expect(exit("changed", "unchanged", "would-change", "well")).toBe(0);
  expect(exit("changed", "not-well")).toBe(2);
  expect(exit("not-well", "failed")).toBe(1);
  expect(exit("changed", "skipped")).toBe(1);
  expect(exitOf(countsOf([of("changed"), of("skipped")]), true)).toBe(130);
  expect(exitOf(countsOf([of("changed")]), true)).toBe(0);
});

test("a record fits the published schema", () => {
  const line = { apiVersion: "vault-k8s.io/v1", kind: "FleetCluster", ...unreachable(1) };
  expect(fleetDocument.safeParse(line)).toMatchObject({ success: true });
});
