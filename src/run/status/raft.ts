import type { VaultAnswer, VaultReader } from "../../systems/world.ts";
import { isRecord } from "../../core/compare.ts";
import type { RaftSurvey } from "./schema.ts";
import type { Unknown } from "./unknown.ts";
import { at, list, number, text, yesOrNo } from "../../core/values.ts";

/**
 * The peers of Vault's integrated storage, and what autopilot says of them; undefined where that storage is not in use.
 * Documented at Vault's API docs, /sys/storage/raft and /sys/storage/raft/autopilot.
 */
export async function surveyRaft(vault: VaultReader, unknown: Unknown): Promise<RaftSurvey | undefined> {
  const [configuration, autopilot] = await Promise.all([
    unknown.ask("raft peers", () => vault.get("sys/storage/raft/configuration")),
    unknown.ask("raft health", () => vault.get("sys/storage/raft/autopilot/state")),
  ]);
  const servers = list(at(configuration?.data, "config", "servers"));
  if (configuration === undefined) return undefined;
  return {
    peers: servers
      .map((server) => peer(server, autopilot))
      .sort((one, other) => one.id.localeCompare(other.id, undefined, { numeric: true })),
    healthy: yesOrNo(autopilot?.data["healthy"]),
    failureTolerance: number(autopilot?.data["failure_tolerance"]),
  };
}

function peer(server: unknown, autopilot: VaultAnswer | undefined): RaftSurvey["peers"][number] {
  const id = text(at(server, "node_id")) ?? "";
  const servers = autopilot?.data["servers"];
  const seen = isRecord(servers) ? servers[id] : undefined;
  return {
    id,
    address: text(at(server, "address")) ?? "",
    leader: at(server, "leader") === true,
    voter: at(server, "voter") === true,
    healthy: yesOrNo(at(seen, "healthy")),
    lastContact: text(at(seen, "last_contact")),
  };
}
