import { expect } from "vitest";
import type { Flags } from "../../src/config/sources.ts";
import { converge, type RunEvent } from "../../src/core/converge.ts";
import { CliError } from "../../src/core/errors.ts";
import type { TeardownChoices } from "../../src/run/teardown/policy.ts";
import { underVaultsLease } from "../../src/run/teardown/lease.ts";
import { teardownSteps } from "../../src/run/teardown/steps.ts";
import { writesIn } from "./run.ts";
import type { Scene } from "./scene.ts";

const keep: TeardownChoices = { keepSecrets: true, deleteData: false, forceVault: false };

export interface TornDown {
  readonly error: unknown;
  readonly results: Readonly<Record<string, string>>;
  readonly notes: Readonly<Record<string, string | undefined>>;
  /** What was said to go with each. */
  readonly changes: Readonly<Record<string, readonly string[]>>;
  readonly writes: readonly string[];
}

export interface HowToTearDown {
  readonly plan?: boolean;
  readonly flags?: Flags;
  /** Between what a person is shown and the first write. */
  readonly meanwhile?: () => void;
}

/** Takes a scene down as the command does, and never throws what it throws. */
export async function tearDown(scene: Scene, choices: Partial<TeardownChoices> = {}, how: HowToTearDown = {}): Promise<TornDown> {
  const { plan = false, flags = {}, meanwhile } = how;
  const spec = await scene.spec(flags);
  const mark = scene.line.journal.length;
  const world = await scene.world(spec, 60_000);
  const events: RunEvent[] = [];
  const error = await converge({
    steps: teardownSteps(spec, { ...keep, ...choices }),
    read: world,
    write: plan ? undefined : world,
    on: (event) => events.push(event),
    approve: async () => meanwhile?.(),
    around: (work, say) => underVaultsLease(spec, world, say, work),
  }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  await world.close();
  const found = events.flatMap((event) => (event.type === "resource" ? [event] : []));
  return {
    error,
    results: Object.fromEntries(found.map(({ id, result }) => [id, result])),
    notes: Object.fromEntries(found.map(({ id, note }) => [id, note])),
    changes: Object.fromEntries(found.map(({ id, changes }) => [id, changes.map(({ field }) => field)])),
    writes: writesIn(scene.line.asked(mark)).map(({ method, path }) => `${method} ${path}`),
  };
}

/** Fails with what went wrong unless it came to its end. */
export const done = (ran: TornDown): TornDown => {
  if (ran.error !== undefined)
    expect.fail(String(ran.error instanceof CliError ? `${ran.error.message} ${ran.error.why ?? ""}` : ran.error));
  return ran;
};
