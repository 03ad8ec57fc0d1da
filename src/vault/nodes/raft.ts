import { CliError } from "../../core/errors.ts";
import { at, list, number, text, yesOrNo } from "../../core/values.ts";
import { kinds } from "../../errors.ts";
import type { VaultReader } from "../../systems/world.ts";

/** A member of Vault's integrated storage. */
export interface RaftPeer {
  readonly id: string;
  readonly address: string;
  /** Its pod, whether there is one or not: the first part of its address. */
  readonly pod: string;
  readonly leads: boolean;
  readonly votes: boolean;
  /** As autopilot sees it: it answers the leader, and has all that was written. Undefined where autopilot does not say. */
  readonly healthy: boolean | undefined;
}

export interface Raft {
  readonly peers: readonly RaftPeer[];
  /** How many may fail before Vault stops; undefined where autopilot does not say. */
  readonly mayFail: number | undefined;
}

export const raftPaths = { configuration: "sys/storage/raft/configuration", autopilot: "sys/storage/raft/autopilot/state" } as const;

/** A member, of whose health nothing was asked. */
export type RaftMember = Omit<RaftPeer, "healthy">;

/**
 * The members as the active server knows them; undefined where Vault stores elsewhere. Documented at Vault's API docs, /sys/storage/raft.
 * @throws what asking Vault throws: NotYet while it is sealed, VK1203, VK1205, VK1211.
 */
export async function raftMembers(vault: VaultReader): Promise<readonly RaftMember[] | undefined> {
  const configuration = await vault.get(raftPaths.configuration).catch(otherStorage);
  return configuration && membersIn(configuration.data);
}

/** The members in an answer of sys/storage/raft/configuration. */
export const membersIn = (data: unknown): RaftMember[] => list(at(data, "config", "servers")).map(memberIn);

function memberIn(server: unknown): RaftMember {
  const [id = "", address = ""] = [text(at(server, "node_id")), text(at(server, "address"))];
  return { id, address, pod: address.replace(/[.:].*$/, ""), leads: at(server, "leader") === true, votes: at(server, "voter") === true };
}

/**
 * The members with what autopilot says of them; undefined where Vault stores elsewhere. Documented at Vault's API docs, /sys/storage/raft/autopilot.
 * @throws as raftMembers does
 */
export async function raftOf(vault: VaultReader): Promise<Raft | undefined> {
  const [members, autopilot] = await Promise.all([raftMembers(vault), vault.get(raftPaths.autopilot).catch(otherStorage)]);
  const state = autopilot?.data ?? {};
  return (
    members && {
      peers: members.map((member) => ({ ...member, healthy: yesOrNo(at(state, "servers", member.id, "healthy")) })),
      mayFail: number(at(state, "failure_tolerance")),
    }
  );
}

/** Vault 1.21 and OpenBao 2.6: 400 "raft storage is not in use". */
function otherStorage(error: unknown): undefined {
  if (error instanceof CliError && error.kind === kinds.vaultRejected && /raft storage is not in use/.test(error.why ?? ""))
    return undefined;
  throw error;
}

/** A peer in a sentence. */
export const peerSaid = ({ pod, votes, healthy }: RaftPeer): string =>
  `${pod} ${healthy === false ? "is not healthy" : healthy === undefined ? "is not known to autopilot" : votes ? "is healthy" : "has no vote yet"}`;
