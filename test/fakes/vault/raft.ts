import type { Answer } from "../wire/exchange.ts";
import { logical } from "./answers.ts";
import { type Route, type VaultRequest } from "./request.ts";
import type { JsonObject } from "../wire/json.ts";
import type { VaultNode } from "./node.ts";
import { activeNode } from "./status.ts";

export const raftRoutes: readonly Route<VaultRequest>[] = [
  { method: "GET", path: /^sys\/storage\/raft\/configuration$/, handle: configuration },
  { method: "GET", path: /^sys\/storage\/raft\/autopilot\/state$/, handle: autopilot },
];

const membersOf = (request: VaultRequest): VaultNode[] =>
  request.around.nodes.filter((node) => node.storage === request.storage && !node.sealed);

/** As Vault 1.21 answers; the time of the last contact of the leader is 0s. */
function autopilot(request: VaultRequest): Answer {
  const active = activeNode(request);
  const members = membersOf(request);
  const servers = members.map((node) => [
    node.name,
    {
      id: node.name,
      name: node.name,
      address: `${node.name}.vault-internal:8201`,
      node_status: "alive",
      node_type: "voter",
      last_contact: node === active ? "0s" : "1.5s",
      last_term: 3,
      last_index: 40,
      healthy: true,
      stable_since: "2025-11-01T00:00:00Z",
      status: node === active ? "leader" : "voter",
      version: node.version,
    },
  ]);
  return logical({
    healthy: true,
    failure_tolerance: Math.floor((members.length - 1) / 2),
    leader: active?.name ?? "",
    voters: members.map(({ name }) => name),
    non_voters: null,
    servers: Object.fromEntries(servers) as JsonObject,
  });
}

function configuration(request: VaultRequest): Answer {
  const active = activeNode(request);
  const members = membersOf(request);
  const servers = members.map((node) => ({
    node_id: node.name,
    address: `${node.name}.vault-internal:8201`,
    leader: node === active,
    protocol_version: "3",
    voter: true,
  }));
  return logical({ config: { index: 0, servers } });
}
