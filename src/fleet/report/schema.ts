import { z } from "zod";
import { clusterStatus } from "../../run/status/schema.ts";
import { apiVersion } from "../../systems/document.ts";

// What fleet commands print with -o jsonl, a document a line, and with -o json as one; version 1: docs/schemas/fleet.v1.json is made from it.

const failure = z.strictObject({
  code: z.string().describe("Stays the same; vault-k8s explain CODE says more of each"),
  what: z.string(),
  why: z.string().optional(),
  fix: z.string().optional(),
});

const result = z
  .enum(["changed", "unchanged", "would-change", "well", "not-well", "failed", "skipped"])
  .describe(
    "changed, unchanged: of what writes; would-change: of plan and --dry-run; well, not-well: of status, verify and doctor; skipped: it was not begun, and why stands in note",
  );

const clusterContent = {
  cluster: z.string(),
  source: z.string().optional().describe("Where the fleet has it from"),
  context: z.string().optional(),
  server: z.string().optional(),
  result,
  note: z.string().optional(),
  seconds: z.number(),
  requests: z.number().describe("To its API server and to Vault, with those of helm"),
  resources: z
    .array(z.strictObject({ id: z.string(), result: z.string() }))
    .describe("What was or would be changed, in the order in which that goes"),
  failure: failure.optional(),
  status: clusterStatus.optional().describe("Of fleet status: as status -o json has it"),
};

const clusterRecord = z.strictObject(clusterContent);

const cause = failure.extend({
  count: z.number(),
  clusters: z.array(z.string()),
});

const counts = z
  .strictObject({
    clusters: z.number(),
    changed: z.number(),
    unchanged: z.number(),
    wouldChange: z.number(),
    well: z.number(),
    notWell: z.number(),
    failed: z.number(),
    skipped: z.number(),
  })
  .describe("Clusters by their result");

const begun = {
  command: z.string(),
  fleet: z.string().optional(),
  vault: z.string(),
  at: z.string().describe("When it began, RFC 3339"),
};

const ended = {
  counts,
  causes: z
    .array(cause)
    .describe("Failures by their cause, the most frequent first; names of the cluster itself stand in them as <cluster>"),
  notices: z.array(z.string()).describe("What is about the fleet as a whole"),
  seconds: z.number(),
  exitCode: z.number(),
};

const head = { apiVersion: z.literal(apiVersion) };
const fleetBegin = z
  .strictObject({ ...head, kind: z.literal("FleetBegin"), schema: z.literal("fleet.v1"), ...begun, clusters: z.number() })
  .describe("The first line of -o jsonl");
const fleetCluster = z.strictObject({ ...head, kind: z.literal("FleetCluster"), ...clusterContent }).describe("One as each cluster ends");
const fleetEnd = z.strictObject({ ...head, kind: z.literal("FleetEnd"), ...ended }).describe("The last line");
const fleetRun = z
  .strictObject({ ...head, kind: z.literal("FleetRun"), ...begun, clusters: z.array(clusterRecord), ...ended })
  .describe("All in one, of -o json");

export const fleetDocument = z.discriminatedUnion("kind", [fleetBegin, fleetCluster, fleetEnd, fleetRun]);

type Content<T> = Omit<T, "apiVersion" | "kind">;
export type ClusterRecord = z.output<typeof clusterRecord>;
export type Cause = z.output<typeof cause>;
export type FailureWords = z.output<typeof failure>;
export type FleetBegin = Content<z.output<typeof fleetBegin>>;
export type FleetEnd = Content<z.output<typeof fleetEnd>>;
