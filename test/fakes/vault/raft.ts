import type { Answer } from "../wire/exchange.ts";
import { asText, type JsonObject } from "../wire/json.ts";
import { bad, done, logical } from "./answers.ts";
import type { VaultNode } from "./node.ts";
import { type Route, type VaultRequest } from "./request.ts";
import { nextTurn } from "./seal.ts";
import { activeNode, membersOf } from "./status.ts";

export const raftRoutes: readonly Route<VaultRequest>[] = [
  { method: "GET", path: /^sys\/storage\/raft\/configuration$/, handle: configuration },
  { method: "GET", path: /^sys\/storage\/raft\/autopilot\/state$/, handle: autopilot },
  { method: "POST", path: /^sys\/storage\/raft\/remove-peer$/, handle: removePeer },
  { method: "POST", path: /^sys\/step-down$/, handle: stepDown },
];

interface Peer {
  readonly name: string;
  readonly votes: boolean;
  readonly leads: boolean;
  readonly healthy: boolean;
  readonly node: VaultNode | undefined;
}

/** Each question brings a server that has joined nearer to its vote. */
function peersOf(request: VaultRequest): Peer[] {
  const { storage, around } = request;
  const active = activeNode(request);
  const running = membersOf(around.nodes, storage);
  return [...storage.peers].map(([name, questions]) => {
    if (questions > 0) storage.peers.set(name, questions - 1);
    const node = running.find((each) => each.name === name);
    return { name, node, votes: questions === 0, leads: node !== undefined && node === active, healthy: node?.lags === false };
  });
}

const addressOf = (name: string): string => `${name}.vault-internal:8201`;

/** As Vault 1.21 answers; the time of the last contact of the leader is 0s. */
function autopilot(request: VaultRequest): Answer {
  const peers = peersOf(request);
  const voters = peers.filter(({ votes }) => votes);
  const healthy = voters.filter((peer) => peer.healthy).length;
  return logical({
    healthy: peers.every((peer) => peer.healthy),
    failure_tolerance: Math.max(0, healthy - (Math.floor(voters.length / 2) + 1)),
    leader: peers.find(({ leads }) => leads)?.name ?? "",
    voters: voters.map(({ name }) => name),
    non_voters: peers.length === voters.length ? null : peers.filter(({ votes }) => !votes).map(({ name }) => name),
    servers: Object.fromEntries(peers.map((peer) => [peer.name, server(peer)])),
  });
}

const server = ({ name, votes, leads, healthy, node }: Peer): JsonObject => ({
  id: name,
  name,
  address: addressOf(name),
  node_status: node === undefined ? "left" : "alive",
  node_type: "voter",
  last_contact: leads ? "0s" : node === undefined ? "9m12s" : "1.5s",
  last_term: 3,
  last_index: healthy ? 40 : 12,
  healthy,
  stable_since: "2025-11-01T00:00:00Z",
  status: leads ? "leader" : votes ? "voter" : "non-voter",
  version: node?.version ?? "",
});

function configuration(request: VaultRequest): Answer {
  return logical({
    config: {
      index: 0,
      servers: peersOf(request).map(({ name, leads, votes }) => ({
        node_id: name,
        address: addressOf(name),
        leader: leads,
        protocol_version: "3",
        voter: votes,
      })),
    },
  });
}

/** The server learns it and is sealed for good; OpenBao's is only alone from then on. */
function removePeer({ body, storage, around }: VaultRequest): Answer {
  const id = asText(body["server_id"]);
  if (id === "") return bad("missing server_id");
  storage.peers.delete(id);
  const node = around.nodes.find(({ name }) => name === id);
  if (node?.storage !== storage || around.profile.terse || node.sealed) return done;
  node.removed = true;
  node.restart();
  return done;
}

function stepDown(request: VaultRequest): Answer {
  const active = activeNode(request);
  if (active !== undefined && membersOf(request.around.nodes, request.storage).length > 1) active.unsealedAt = nextTurn();
  return done;
}
