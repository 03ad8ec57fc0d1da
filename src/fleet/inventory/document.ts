import { z } from "zod";
import type { CliError } from "../../core/errors.ts";
import { apiVersion } from "../../systems/document.ts";
import type { Inventory } from "./inventory.ts";

// What fleet list prints with -o json, version 1: docs/schemas/fleet-list.v1.json is made from it.

const failed = z.strictObject({ code: z.string(), what: z.string(), why: z.string().optional(), fix: z.string().optional() });

export const fleetListDocument = z.strictObject({
  apiVersion: z.literal(apiVersion),
  kind: z.literal("FleetList"),
  fleet: z.string().optional().describe("Name of the fleet"),
  clusters: z.array(
    z.strictObject({
      name: z.string().describe("Its name in Vault"),
      called: z.string().describe("What its source calls it"),
      source: z.string(),
      also: z.array(z.string()).describe("Other sources that have the same cluster"),
      server: z.string().describe("Address of its API server"),
      uid: z.string().describe("UID of its kube-system"),
      labels: z.record(z.string(), z.string()),
      context: z.string().optional().describe("Of the kubeconfig; left out where its credentials come out of an object"),
    }),
  ),
  refused: z
    .array(
      z.strictObject({ name: z.string().optional(), called: z.string(), source: z.string(), uid: z.string().optional(), failure: failed }),
    )
    .describe("Clusters of the fleet that cannot be reached as they are described"),
  sources: z.array(z.strictObject({ source: z.string(), found: z.number(), failure: failed.optional() })),
  narrowed: z.boolean().describe("Only a part of the fleet was asked for"),
  exitCode: z.number(),
});

/** An inventory as data, without credentials. */
export const listDocument = ({
  fleet,
  clusters,
  refused,
  sources,
  narrowed,
}: Inventory): Omit<z.output<typeof fleetListDocument>, "apiVersion" | "kind" | "exitCode"> => ({
  ...(fleet !== undefined && { fleet }),
  clusters: clusters.map(({ reach, name, called, source, also, server, uid, labels }) => ({
    name,
    called,
    source,
    also: [...also],
    server,
    uid,
    labels,
    ...(reach.kind === "context" && { context: reach.context }),
  })),
  refused: refused.map(({ name, called, source, uid, error }) => ({
    ...(name !== undefined && { name }),
    called,
    source,
    ...(uid !== undefined && { uid }),
    failure: inWords(error),
  })),
  sources: sources.map(({ source, found, error }) => ({ source, found, ...(error !== undefined && { failure: inWords(error) }) })),
  narrowed,
});

const inWords = ({ kind, message, why, fix }: CliError): z.output<typeof failed> => ({
  code: kind.code,
  what: message,
  ...(why !== undefined && { why }),
  ...(fix !== undefined && { fix }),
});
