import type { ClusterStatus } from "./schema.ts";

const working = new Set(["active", "standby", "standalone"]);

/** Says whether all is well: every node works and runs what its StatefulSet says, no certificate and no kept token has expired, storage, operator and stores are healthy, and no step differs. */
export function withVerdict(status: Omit<ClusterStatus, "ok">): ClusterStatus {
  const { nodes, raft, keptToken, operator, stores, secrets, steps, failure } = status;
  const ok =
    failure === undefined &&
    nodes.length > 0 &&
    nodes.every(({ state, certificate }) => working.has(state) && (certificate?.daysLeft ?? 0) >= 0) &&
    nodes.every(({ pod }) => pod?.earlierRevision !== true) &&
    raft?.healthy !== false &&
    keptToken?.state !== "ended" &&
    operator?.ready !== false &&
    [...stores, ...secrets].every(({ ready }) => ready) &&
    steps.every(({ state }) => state === "ok");
  return { ok, ...status };
}

/** A cluster of which nothing can be said. */
export const failed = (cluster: string | undefined, failure: NonNullable<ClusterStatus["failure"]>): ClusterStatus =>
  withVerdict({ cluster, nodes: [], logins: [], stores: [], secrets: [], steps: [], unknown: [], failure });
