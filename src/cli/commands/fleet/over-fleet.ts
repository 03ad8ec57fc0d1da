import type { ExitCode } from "../../../core/errors.ts";
import type { Work } from "../../../fleet/engine/here.ts";
import type { Member, Refused } from "../../../fleet/engine/member.ts";
import { runFleet, type FleetOutcome } from "../../../fleet/run-fleet.ts";
import { SharedLook } from "../../../systems/asked-once/shared.ts";
import { Ways } from "../../../systems/vault/ways.ts";
import type { CallWith } from "../command.ts";
import type { fleetRunOptions } from "../own-options.ts";
import { membersOf } from "./members.ts";
import { poolOf } from "./pool-options.ts";
import { prepareFleet, type PreparedFleet } from "./prepare-fleet.ts";
import { shownFor } from "./shown.ts";

export type FleetCall = CallWith<typeof fleetRunOptions>;

/** What a command does with the fleet. */
export interface FleetWork {
  readonly work: (prepared: PreparedFleet) => Work;
  /** What was found is what was asked for: it goes to standard output. */
  readonly isData: boolean;
  /** Asked once before the first cluster is begun; throws to stop. */
  readonly confirm?: (prepared: PreparedFleet, members: readonly (Member | Refused)[]) => Promise<void>;
  /** What is to be known of the fleet as a whole. */
  readonly notices?: (prepared: PreparedFleet) => Promise<readonly string[]>;
  /** Called with what came out of it. */
  readonly done?: (outcome: FleetOutcome) => Promise<void>;
}

/** Does the work of a command for each cluster of the fleet. */
export async function overFleet(call: FleetCall, { work, isData, confirm, notices, done }: FleetWork): Promise<ExitCode> {
  const options = poolOf(call);
  const prepared = await prepareFleet(call);
  const shared = { sharedLook: new SharedLook(), ways: new Ways() };
  const shown = shownFor(prepared, isData);
  try {
    const members = await membersOf(call, prepared, shared);
    await confirm?.(prepared, members);
    const said = [...sourceNotices(prepared), ...((await notices?.(prepared)) ?? [])];
    const { vault } = prepared.spec;
    const outcome = await runFleet(
      {
        command: call.command.name,
        fleet: prepared.inventory.fleet,
        vault: vault.address ?? `context ${vault.context ?? ""}`,
        members,
        work: work(prepared),
        options,
        notices: said,
      },
      shown,
    );
    await done?.(outcome);
    return outcome.exitCode;
  } finally {
    shown.makeWay();
    shared.ways.close();
  }
}

/** A source that did not answer whole hides clusters, which is no reason not to work on the others. */
const sourceNotices = ({ inventory }: PreparedFleet): string[] =>
  inventory.sources.flatMap(({ source, error }) =>
    error === undefined
      ? []
      : [`Source ${source} did not answer whole, so that clusters may be missing: ${error.words} (${error.kind.code})`],
  );
