import { availableParallelism } from "node:os";
import pLimit from "p-limit";
import type { Stage } from "./stages.ts";
import type { Ran } from "./summary.ts";

/**
 * How many labs there are at a time: a bootstrap waits more than it computes, so that two of them keep two cores busy. Each lab takes 2 GB of memory and 32 of the 128
 * inotify instances that Linux allows a user by default, hence no more than three.
 */
const LABS = Math.min(3, availableParallelism());

/**
 * Those without labs, and those that need as many as there may be, one after the other; then the others side by side. What came of them stands in the order of the stages.
 */
export async function inLanes(
  stages: readonly Stage[],
  run: (stage: Stage, alone: boolean) => Promise<Ran>,
  labsAtOnce = LABS,
): Promise<Ran[]> {
  const ran = new Map<Stage, Ran>();
  const isAlone = ({ labs }: Stage): boolean => labs.length === 0 || labs.length >= labsAtOnce;
  for (const stage of stages.filter(isAlone)) ran.set(stage, await run(stage, true));
  const limit = pLimit(labsAtOnce);
  const others = stages.filter((stage) => !isAlone(stage));
  await Promise.all(others.map((stage) => limit(async () => void ran.set(stage, await run(stage, others.length === 1)))));
  return stages.flatMap((stage) => ran.get(stage) ?? []);
}
