import { join } from "node:path";
import { cacheRoot, componentFolder, isBuilt } from "./cache.ts";
import { removeGoCaches } from "./cleaning.ts";
import { buildComponent, fetchModules, removeUnfinished } from "./component.ts";
import { progressOf, type BuildEvent } from "./events.ts";
import { takeLock, type Owner } from "./lock.ts";
import { peers, recipes, type Component, type Peer, type Recipe } from "./recipes.ts";

type Report = (event: BuildEvent) => void;

/** A component that somebody waits for. */
interface Order extends PromiseWithResolvers<string> {
  readonly recipe: Recipe;
}

/** A build that takes long says every so many seconds that it is still at it. */
const reportEvery = 30;

/** Asked when the turn comes of what is held back. */
type Shown = () => Promise<unknown>;
const atOnce: Shown = async () => undefined;

/** What no cluster and no bootstrap needs: it may be held back, so that they have the machine for themselves. */
const last: readonly Recipe["component"][] = ["helm3", "kes-controller"];

/**
 * Builds what is missing, most needed first, one at a time. Each promise is kept when that component is there. What the first Secret does not need is
 * built after `shown`.
 */
export function startBuilds(report: Report, shown: Shown = atOnce): Record<Component, Promise<string>> {
  return start<Component>(recipes, report, shown);
}

/** The same for the programs that the benchmark compares with. */
export function startPeers(report: Report): Record<Peer, Promise<string>> {
  return start<Peer>(peers, report, atOnce);
}

function start<Name extends string>(wanted: readonly Recipe[], report: Report, shown: Shown): Record<Name, Promise<string>> {
  const orders = wanted.map((recipe): Order => ({ recipe, ...Promise.withResolvers<string>() }));
  // A caller may wait for some of them only: that another one fails must not end its process.
  for (const { promise } of orders) promise.catch(() => undefined);
  fill(orders, report, shown).catch((error: unknown) => orders.forEach(({ reject }) => reject(error)));
  const promises = Object.fromEntries(orders.map(({ recipe, promise }) => [recipe.component, promise]));
  return promises as Record<Name, Promise<string>>;
}

/** One process builds at a time; the others take over what it has built as it comes. */
async function fill(orders: readonly Order[], report: Report, shown: Shown): Promise<void> {
  let pending = handOver(orders, report);
  let told: number | undefined;
  const release = await takeLock(join(cacheRoot(), "build.lock"), ({ pid }: Owner) => {
    pending = handOver(pending, report);
    const waits = pending.length > 0;
    if (waits && told !== pid) report({ kind: "waiting", pid: (told = pid) });
    return waits;
  });
  try {
    await buildAll(handOver(pending, report), report, shown);
    if (await removeGoCaches(() => report({ kind: "cleaning" }))) report({ kind: "cleaned" });
  } finally {
    release();
  }
}

/** Keeps the promises of what is there, and returns the rest. */
function handOver(orders: readonly Order[], report: Report): Order[] {
  return orders.filter(({ recipe, resolve }) => {
    if (!isBuilt(recipe)) return true;
    const folder = componentFolder(recipe.component);
    report({ kind: "present", component: recipe.component, folder });
    resolve(folder);
    return false;
  });
}

/** While one component compiles, the modules of the next are downloaded. */
async function buildAll(orders: readonly Order[], report: Report, shown: Shown): Promise<void> {
  for (const { recipe } of orders) await removeUnfinished(recipe);
  let fetching = Promise.resolve();
  for (const [index, order] of orders.entries()) {
    await fetching;
    if (last.includes(order.recipe.component)) await shown();
    const next = orders[index + 1];
    if (next !== undefined) fetching = fetchModules(next.recipe);
    await build(
      order,
      orders.slice(index).map(({ recipe: { component } }) => component),
      report,
    );
  }
}

async function build({ recipe, resolve, reject }: Order, left: readonly Recipe["component"][], report: Report): Promise<void> {
  const { component } = recipe;
  const started = performance.now();
  const elapsed = (): number => Math.round((performance.now() - started) / 1000);
  const tell = (kind: "started" | "running"): void => report({ kind, component, ...progressOf(left, elapsed()) });
  tell("started");
  const ticking = setInterval(() => tell("running"), reportEvery * 1000);
  try {
    resolve(await buildComponent(recipe));
    report({ kind: "built", component, ...progressOf(left.slice(1), 0), elapsed: elapsed() });
  } catch (error) {
    report({ kind: "failed", component, reason: error instanceof Error ? error.message : String(error) });
    reject(error);
  } finally {
    clearInterval(ticking);
  }
}
