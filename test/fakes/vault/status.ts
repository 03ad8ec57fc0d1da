import type { Answer } from "../wire/exchange.ts";
import type { JsonObject } from "../wire/json.ts";
import { raw, vaultIsSealed } from "./answers.ts";
import type { VaultNode } from "./node.ts";
import type { Storage } from "./storage.ts";
import { type NodeRequest, type Route } from "./request.ts";

/** What each node tells of itself, to anyone. */
export const statusRoutes: readonly Route<NodeRequest>[] = [
  { method: "GET", path: /^sys\/seal-status$/, handle: (request) => raw(sealStatus(request)) },
  { method: "GET", path: /^sys\/health$/, handle: health },
  { method: "GET", path: /^sys\/leader$/, handle: leader },
  { method: "GET", path: /^sys\/init$/, handle: ({ node }) => raw({ initialized: node.storage !== undefined }) },
];

export function sealStatus({ node, around }: NodeRequest): JsonObject {
  const { storage } = node;
  const { terse } = around.profile;
  const identity: JsonObject =
    storage === undefined || node.sealed ? {} : { cluster_name: storage.clusterName, cluster_id: storage.clusterId };
  return {
    type: "shamir",
    initialized: storage !== undefined,
    sealed: node.sealed,
    t: storage?.threshold ?? 0,
    n: storage?.shares.length ?? 0,
    progress: node.collected.length,
    nonce: node.nonce,
    version: node.version,
    [terse ? "commit_date" : "build_date"]: "2025-10-21T10:33:41Z",
    migration: false,
    recovery_seal: false,
    storage_type: "raft",
    ...(terse ? {} : { removed_from_cluster: node.removed }),
    ...identity,
  };
}

/** Those that vote now: members of the raft that run and are unsealed. */
export const membersOf = (nodes: readonly VaultNode[], storage: Storage | undefined): VaultNode[] =>
  nodes.filter((node) => storage !== undefined && node.storage === storage && !node.sealed && storage.peers.has(node.name));

/** The active node of those that share this node's storage: undefined where no majority of the members is there. */
export function activeNode({
  node,
  around,
}: {
  readonly node: VaultNode;
  readonly around: Pick<NodeRequest["around"], "nodes">;
}): VaultNode | undefined {
  const members = membersOf(around.nodes, node.storage);
  if (node.storage === undefined || members.length <= node.storage.peers.size / 2) return undefined;
  return members.sort((one, other) => (one.unsealedAt ?? 0) - (other.unsealedAt ?? 0))[0];
}

function health(request: NodeRequest): Answer {
  const { node, query } = request;
  const standby = activeNode(request) !== node;
  const status = healthCode(node, standby, query);
  const identity: JsonObject =
    node.sealed || node.storage === undefined ? {} : { cluster_name: node.storage.clusterName, cluster_id: node.storage.clusterId };
  return {
    status,
    json: {
      initialized: node.storage !== undefined,
      sealed: node.sealed,
      standby,
      performance_standby: false,
      replication_performance_mode: node.sealed ? "unknown" : "disabled",
      replication_dr_mode: node.sealed ? "unknown" : "disabled",
      server_time_utc: Math.floor(Date.now() / 1000),
      version: node.version,
      ...(request.around.profile.terse ? {} : { ...onlyVaults, removed_from_cluster: node.removed }),
      ...identity,
    },
  };
}

const onlyVaults: JsonObject = {
  enterprise: false,
  echo_duration_ms: 0,
  clock_skew_ms: 0,
  replication_primary_canary_age_ms: 0,
};

function healthCode(node: VaultNode, standby: boolean, query: URLSearchParams): number {
  const code = (name: string, otherwise: number): number => Number(query.get(name) ?? otherwise);
  if (node.storage === undefined) return code("uninitcode", 501);
  if (node.sealed) return code("sealedcode", 503);
  if (node.removed) return code("removedcode", 530);
  if (!standby || query.get("standbyok") === "true") return code("activecode", 200);
  return code("standbycode", 429);
}

function leader(request: NodeRequest): Answer {
  if (request.node.sealed) return vaultIsSealed;
  const active = activeNode(request);
  const said: JsonObject = {
    ha_enabled: true,
    is_self: active === request.node,
    active_time: "0001-01-01T00:00:00Z",
    leader_address: active?.peerAddress ?? "",
    leader_cluster_address: active === undefined ? "" : `https://${active.name}.vault-internal:8201`,
    performance_standby: false,
    performance_standby_last_remote_wal: 0,
    raft_committed_index: 40,
    raft_applied_index: 40,
  };
  if (!request.around.profile.terse) return raw(said);
  // OpenBao has no performance standbys, and leaves out what is false, zero or empty.
  const kept = Object.entries(said).filter(([field, value]) => !field.startsWith("performance_") && Boolean(value));
  return raw(Object.fromEntries(kept));
}
