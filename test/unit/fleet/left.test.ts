import { expect, test } from "vitest";
import { failure, kinds } from "../../../src/errors.ts";
import type { FleetCluster, Inventory, RefusedCluster, SourceAnswer } from "../../../src/fleet/inventory/inventory.ts";
import { leftIn, refuseUnknown, whyNotKnown } from "../../../src/fleet/left.ts";
import { tableNotices } from "../../../src/fleet/mount-table.ts";
import { fleetOf, mark, markOf } from "../../../src/kubernetes/ownership.ts";
import type { Mount } from "../../../src/wiring/mounts.ts";

const uid = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
const mount = (path: string, description: string): Mount => ({ path, type: "kubernetes", accessor: path, description });
const source: SourceAnswer = { source: "argocd", kind: "argocd", found: 1, error: undefined };
const error = failure(kinds.kubeUnreachable, { what: "no" });
const cluster = { name: "a", uid: uid(1) } as FleetCluster;
const refused = (index?: number): RefusedCluster => ({
  name: "b",
  called: "b",
  source: "argocd",
  error,
  uid: index === undefined ? undefined : uid(index),
});
const inventory = (some: Partial<Inventory> = {}): Inventory => ({
  fleet: "eu",
  clusters: [cluster],
  refused: [],
  sources: [source],
  narrowed: false,
  ...some,
});

test("a mark holds the fleet, and is read with and without one", () => {
  expect([markOf(mark(uid(1), "eu")), fleetOf(mark(uid(1), "eu"))]).toEqual([uid(1), "eu"]);
  expect([markOf(mark(uid(1))), fleetOf(mark(uid(1)))]).toEqual([uid(1), undefined]);
});

test("has left: marked for this fleet, and named by no source; never one of another fleet, or wired alone, or that did not answer", () => {
  const all = [
    mount("k8s-a", mark(uid(1), "eu")),
    mount("k8s-b", mark(uid(2), "eu")),
    mount("k8s-gone", mark(uid(3), "eu")),
    mount("k8s-us", mark(uid(4), "us")),
    mount("k8s-alone", mark(uid(5))),
    mount("k8s-euro", mark(uid(6), "euro")),
    mount("userpass", "by hand"),
  ];
  expect(leftIn(inventory({ refused: [refused(2)] }), all).map(({ path }) => path)).toEqual(["k8s-gone"]);
  expect(leftIn(inventory({ fleet: undefined }), all)).toEqual([]);
});

test.each<[string, Partial<Inventory>]>([
  ["the fleet has no name", { fleet: undefined }],
  ["a source failed or timed out", { sources: [source, { ...source, error }] }],
  ["the list is narrowed", { narrowed: true }],
  ["contexts of a kubeconfig are among the sources", { sources: [source, { ...source, kind: "contexts" }] }],
  ["a cluster did not say who it is", { refused: [refused()] }],
])("--prune refuses where %s", (_, some) => {
  expect(whyNotKnown(inventory(some))).toBeDefined();
  expect(() => refuseUnknown(inventory(some))).toThrow(expect.objectContaining({ kind: kinds.usage }) as Error);
});

test("where all is known it does not", () => {
  expect(whyNotKnown(inventory({ refused: [refused(2)] }))).toBeUndefined();
});

test("Vault's table: told from 8,000 on raft and 4,000 on Consul, with those that come", () => {
  const many = (count: number): Mount[] => Array.from({ length: count }, (_, index) => mount(`k8s-${index}`, ""));
  expect(tableNotices(many(7_000), 999, "raft")).toEqual([]);
  expect(tableNotices(many(7_000), 1_000, "raft")).toHaveLength(1);
  expect(tableNotices(many(3_999), 0, "consul")).toEqual([]);
  expect(tableNotices(many(4_000), 0, "consul")[0]).toContain("75 bytes");
});
