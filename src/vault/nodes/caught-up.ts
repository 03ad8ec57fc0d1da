import { untilSettled } from "../../core/settle.ts";
import { failure } from "../../errors.ts";
import type { ErrorKind } from "../../core/errors.ts";
import type { Writers } from "../../systems/world.ts";
import { peerSaid, raftOf, type Raft } from "./raft.ts";

export interface CatchingUp {
  readonly write: Writers;
  /** In milliseconds. */
  readonly withinMs: number;
  /** The kind of the failure where one does not catch up. */
  readonly kind: ErrorKind;
}

/** Whether every member is healthy and votes: only then the raft bears that one more is away. */
const isWhole = ({ peers }: Raft): boolean => peers.every(({ healthy, votes }) => healthy === true && votes);

/**
 * Waits until autopilot says of every member of the raft that it has caught up. Nothing is waited for where Vault stores elsewhere.
 * @throws CliError of that kind
 */
export async function allCaughtUp({ write, withinMs, kind }: CatchingUp): Promise<void> {
  const raft = await untilSettled(
    () => raftOf(write.vault),
    (found) => found === undefined || isWhole(found),
    { withinMs },
  );
  if (raft === undefined || isWhole(raft)) return;
  throw failure(kind, {
    what: "Not every member of Vault's raft has caught up",
    why: `${raft.peers
      .filter(({ healthy, votes }) => healthy !== true || !votes)
      .map(peerSaid)
      .join(", ")}. A further pod is replaced only when all are healthy and vote.`,
    fix: "vault-k8s status shows every member; a member without a pod leaves with vault-k8s install, and the log of one that has a pod says what it waits for. Then run the same command again: it goes on where it stopped.",
  });
}
