import { availableParallelism } from "node:os";
import pLimit from "p-limit";
import type { Stage } from "./stages.ts";
import type { Ran } from "./summary.ts";

/**
 * How many stages with labs run at a time: one for each two cores, since a stage keeps two of them busy for most of its time. Each takes 2 GB of memory and
 * 32 of the 128 inotify instances that Linux allows a user by default, hence no more than three.
 */
const LANES = Math.min(3, Math.max(1, Math.floor(availableParallelism() / 2)));

/** Those without labs one after the other, since they use all cores, then those with labs side by side. Answers stand in the order of the stages. */
export async function inLanes(
  stages: readonly Stage[],
  run: (stage: Stage, alone: boolean) => Promise<Ran>,
  lanes = LANES,
): Promise<Ran[]> {
  const ran = new Map<Stage, Ran>();
  const inLabs = stages.filter(({ labs }) => labs.length > 0);
  for (const stage of stages) if (stage.labs.length === 0) ran.set(stage, await run(stage, true));
  const limit = pLimit(lanes);
  const alone = inLabs.length <= 1 || lanes === 1;
  await Promise.all(inLabs.map((stage) => limit(async () => void ran.set(stage, await run(stage, alone)))));
  return stages.flatMap((stage) => ran.get(stage) ?? []);
}
