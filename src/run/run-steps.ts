import { converge, type ConvergeOptions, type Outcome } from "../core/converge.ts";
import type { Readers, Writers } from "../systems/world.ts";
import type { Observer } from "./observer.ts";
import type { World } from "./world/open.ts";

interface StepsOfRun extends Omit<ConvergeOptions<Readers, Writers>, "read" | "write" | "on"> {
  readonly cluster: string;
  readonly world: World;
  /** Left out for a run that changes nothing. */
  readonly writes?: boolean;
  readonly observer: Observer;
}

/** Runs steps over systems that are open already. @throws CliError as converge does */
export const runSteps = ({ cluster, world, writes = false, observer, ...options }: StepsOfRun): Promise<Outcome> =>
  converge({ ...options, read: world, write: writes ? world : undefined, on: (event) => observer({ ...event, cluster }) });
