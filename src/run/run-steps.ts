import { converge, type ConvergeOptions, type Outcome } from "../core/converge.ts";
import type { Readers, Writers } from "../systems/world.ts";
import type { Observer } from "./observer.ts";
import type { World } from "./world/open.ts";

interface StepsOfRun extends Omit<ConvergeOptions<Readers, Writers>, "read" | "anew" | "write" | "on"> {
  readonly cluster: string;
  readonly world: World;
  /** Left out for a run that changes nothing. */
  readonly writes?: boolean;
  readonly observer: Observer;
}

/**
 * Runs steps over systems that are open already. Until its first write it is a look: all diffs, a preflight and, where nothing differs, the
 * checks ask for each fact once.
 * @throws CliError as converge does
 */
export const runSteps = ({ cluster, world, writes = false, observer, beforeWrite, lock, ...options }: StepsOfRun): Promise<Outcome> =>
  world.look((read, over) =>
    converge({
      ...options,
      read,
      anew: world.anew,
      write: writes ? world : undefined,
      on: (event) => observer({ ...event, cluster }),
      beforeWrite: async (planned) => {
        await beforeWrite?.(planned);
        over();
      },
      lock,
    }),
  );
