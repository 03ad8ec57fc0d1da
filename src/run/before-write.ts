import type { Spec } from "../config/spec.ts";
import { NotYet } from "../core/errors.ts";
import type { Planned } from "../core/plan.ts";
import type { Readers, Writers } from "../systems/world.ts";
import { preflightOf, refuseLacks, wholeRefusal } from "./preflight/of-run.ts";
import type { Work } from "./work.ts";
import type { World } from "./world/open.ts";

type BeforeWrite = (planned: readonly Planned<Readers, Writers>[]) => Promise<void>;

/**
 * Runs `work`, and tells all that it lacks at once, where that is asked for: before its first write, or instead of the first refusal that it
 * met while it only looked.
 * @throws CliError VK1605, or what `work` throws
 */
export async function withPreflight<T>(
  spec: Spec,
  world: World,
  { steps, preflight = false }: Pick<Work, "steps" | "preflight">,
  work: (beforeWrite: BeforeWrite) => Promise<T>,
): Promise<T> {
  if (!preflight || !spec.run.preflight) return work(() => Promise.resolve());
  const about = preflightOf(world, spec, steps);
  let writing = false;
  try {
    return await work(async (planned) => {
      const differs = differing(planned);
      await world.look(() => refuseLacks(about, (resource) => differs.has(resource)));
      writing = true;
    });
  } catch (error) {
    throw writing || spec.run.dryRun ? error : await world.look(() => wholeRefusal(error, about));
  }
}

const differing = (planned: readonly Planned<Readers, Writers>[]): ReadonlySet<unknown> =>
  new Set(planned.filter(({ diff }) => diff instanceof NotYet || diff.kind !== "same").map(({ resource }) => resource));
