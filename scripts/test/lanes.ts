import { availableParallelism } from "node:os";
import type { Beginning, Suite } from "./suites.ts";
import type { Ran } from "./summary.ts";

/**
 * How many labs there are at a time: a bootstrap waits more than it computes, so that two of them keep two cores busy. Each lab takes 2 GB of memory and 32 of the 128
 * inotify instances that Linux allows a user by default, hence no more than three.
 */
const LABS = Math.min(3, availableParallelism());

/** A lab in which one suite runs after the other. */
export interface Lane {
  /** In which beginning it is, untouched. */
  readonly fresh: Beginning | undefined;
  run(suite: Suite): Promise<Ran>;
  end(): Promise<void>;
}

/**
 * Runs suites in as many labs as there may be. A lab that is in some beginning, untouched, takes the next suite that begins so; else the next one, the longest
 * first. What came of them stands in the order of the suites.
 */
export async function inLanes(suites: readonly Suite[], laneOf: (number: number) => Lane, labs = LABS): Promise<Ran[]> {
  const left = [...suites];
  const ran = new Map<Suite, Ran>();
  const lane = async (number: number): Promise<void> => {
    const one = laneOf(number);
    try {
      for (let suite = next(left, one.fresh); suite !== undefined; suite = next(left, one.fresh)) ran.set(suite, await one.run(suite));
    } finally {
      await one.end();
    }
  };
  await Promise.all(Array.from({ length: Math.min(labs, suites.length) }, (_, number) => lane(number + 1)));
  return suites.flatMap((suite) => ran.get(suite) ?? []);
}

function next(left: Suite[], fresh: Beginning | undefined): Suite | undefined {
  const fits = left.findIndex(({ begins }) => begins === fresh);
  return left.splice(Math.max(fits, 0), 1)[0];
}
