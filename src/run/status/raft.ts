import { raftHealth, raftPeers } from "../../doctor/facts/raft.ts";
import { isKnown, valueOf } from "../../core/fact.ts";
import type { VaultReader } from "../../systems/world.ts";
import type { RaftSurvey } from "./schema.ts";
import type { Unknown } from "./unknown.ts";

/** The peers of Vault's integrated storage, and what autopilot says of them; undefined where that storage is not in use. */
export async function surveyRaft(vault: VaultReader, unknown: Unknown): Promise<RaftSurvey | undefined> {
  const [peers, health] = await Promise.all([
    unknown.ask("raft peers", () => raftPeers(vault)),
    unknown.ask("raft health", () => raftHealth(vault)),
  ]);
  if (!isKnown(peers) || peers.value === undefined) return undefined;
  const seen = valueOf(health);
  return {
    peers: peers.value.map((peer) => ({ ...peer, ...seen?.of(peer.id) })),
    healthy: seen?.healthy,
    failureTolerance: seen?.failureTolerance,
  };
}
