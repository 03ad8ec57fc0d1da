import { isRecord } from "../../core/compare.ts";
import { at, number, text, yesOrNo } from "../../core/values.ts";
import type { VaultReader } from "../../systems/world.ts";
import { membersIn, raftPaths } from "../../vault/nodes/raft.ts";

/** A server that Vault's integrated storage counts with. */
export interface RaftPeer {
  readonly id: string;
  readonly address: string;
  readonly leader: boolean;
  readonly voter: boolean;
}

/** The peers, by their names; undefined where that storage is not in use. Vault's API docs, /sys/storage/raft. */
export async function raftPeers(vault: VaultReader): Promise<RaftPeer[] | undefined> {
  const answer = await vault.get(raftPaths.configuration);
  return (
    answer &&
    membersIn(answer.data)
      .map(({ id, address, leads, votes }) => ({ id, address, leader: leads, voter: votes }))
      .sort(byId)
  );
}

const byId = (one: RaftPeer, other: RaftPeer): number => one.id.localeCompare(other.id, undefined, { numeric: true });

/** What autopilot says of the peers. */
export interface RaftHealth {
  readonly healthy: boolean | undefined;
  /** How many may fail before Vault stops. */
  readonly failureTolerance: number | undefined;
  /** Of one peer. */
  of(id: string): { readonly healthy: boolean | undefined; readonly lastContact: string | undefined };
}

/** Vault's API docs, /sys/storage/raft/autopilot. */
export async function raftHealth(vault: VaultReader): Promise<RaftHealth | undefined> {
  const data = (await vault.get(raftPaths.autopilot))?.data;
  if (data === undefined) return undefined;
  const { servers } = data;
  return {
    healthy: yesOrNo(data["healthy"]),
    failureTolerance: number(data["failure_tolerance"]),
    of: (id) => {
      const seen = isRecord(servers) ? servers[id] : undefined;
      return { healthy: yesOrNo(at(seen, "healthy")), lastContact: text(at(seen, "last_contact")) };
    },
  };
}
