import type { Observer } from "../../run/observer.ts";
import { pool, type PoolOptions } from "../pool.ts";
import { recordOf, type Known, type Result } from "../report/record.ts";
import type { ClusterRecord } from "../report/schema.ts";
import { watched } from "./watched.ts";
import type { Member, Refused } from "./member.ts";

/** What is done for each cluster: in its systems, which end with the signal; what happens is told to the observer. */
export type Work = (member: Member, observer: Observer) => Promise<Result>;

export interface FleetWatch {
  readonly begun: (cluster: string) => void;
  readonly ended: (record: ClusterRecord) => void;
  /** Sees what each run says, besides. */
  readonly observer?: Observer | undefined;
}

/**
 * Does the work for each cluster in this process, so many at a time. Those that are refused are told first, and count as failures.
 * @returns a record for each, in the order of `refused` and `members`; what goes wrong stands in it, and is not thrown
 */
export async function runHere(
  members: readonly (Member | Refused)[],
  work: Work,
  options: PoolOptions,
  watch: FleetWatch,
): Promise<readonly ClusterRecord[]> {
  const seen = new Map<Member | Refused, ReturnType<typeof watched>>();
  const records = new Map<Member | Refused, ClusterRecord>();
  const known = (member: Member | Refused): Known => ({
    cluster: member.name,
    ...(member.source !== undefined && { source: member.source }),
    ...(seen.get(member)?.known() ?? { requests: 0, resources: [] }),
  });
  const one = async (member: Member | Refused, signal: AbortSignal): Promise<Result> => {
    if ("error" in member) throw member.error;
    const watching = watched(watch.observer);
    seen.set(member, watching);
    return await work({ ...member, systems: { ...member.systems, signal } }, watching.observer);
  };
  await pool(members, one, options, {
    begun: ({ name }) => watch.begun(name),
    isFailure: ({ result }) => result === "failed",
    ended: (ended) => {
      const record = recordOf(ended, known(ended.member));
      seen.delete(ended.member);
      records.set(ended.member, record);
      watch.ended(record);
    },
  });
  return members.flatMap((member) => records.get(member) ?? []);
}
