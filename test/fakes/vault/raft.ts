import type { Answer } from "../wire/exchange.ts";
import { logical } from "./answers.ts";
import type { Route, VaultRequest } from "./request.ts";
import { activeNode } from "./status.ts";

export const raftRoutes: readonly Route<VaultRequest>[] = [
  { method: "GET", path: /^sys\/storage\/raft\/configuration$/, handle: configuration },
];

function configuration(request: VaultRequest): Answer {
  const active = activeNode(request);
  const members = request.around.nodes.filter((node) => node.storage === request.storage && !node.sealed);
  const servers = members.map((node) => ({
    node_id: node.name,
    address: `${node.name}.vault-internal:8201`,
    leader: node === active,
    protocol_version: "3",
    voter: true,
  }));
  return logical({ config: { index: 0, servers } });
}
