import type { Say } from "../core/resource.ts";
import { untilSettled } from "../core/settle.ts";
import type { Standstill } from "../systems/standstill/pod.ts";
import type { KubeReader } from "../systems/world.ts";

export interface Coming<T> {
  readonly look: () => Promise<T>;
  readonly isUp: (found: T) => boolean;
  /** How far it is, in words. */
  readonly line: (found: T) => string;
  /** Why it is not further. @param sinceMs since when it is waited for, by the clock of the API server */
  readonly why: (found: T, sinceMs: number) => Promise<readonly Standstill[]>;
}

interface Wait {
  /** In milliseconds. */
  readonly withinMs: number;
  readonly say: Say;
  /** How long something final stands before it is believed, in milliseconds. */
  readonly standsMs?: number;
}

/** What was there at last; why it is not up, where it is not. */
export interface Came<T> {
  readonly found: T;
  readonly up: boolean;
  readonly why: readonly Standstill[];
}

/** What is final stands so long before it is believed: a Secret or an account may come a moment after the pods. */
const believedMs = 5_000;
const everyMs = 500;
/** Why is asked once in so many looks. */
const whyEvery = 4;

/**
 * Waits until something is up. Why it is not is said as soon as it is known, and what waiting does not mend ends the wait.
 */
export async function untilUp<T>(
  kube: Pick<KubeReader, "serverFacts">,
  { look, isUp, line, why }: Coming<T>,
  { withinMs, say, standsMs = believedMs }: Wait,
): Promise<Came<T>> {
  const [tell, tellWhy] = [changed(say), once(say)];
  const since = new Map<string, number>();
  let sinceMs: number | undefined;
  let [looks, reasons]: [number, readonly Standstill[]] = [0, []];
  const ask = async (): Promise<Came<T> & { readonly hopeless: boolean }> => {
    const found = await look();
    tell(line(found));
    if (isUp(found)) return { found, up: true, why: [], hopeless: false };
    sinceMs ??= await clockOf(kube);
    if (looks++ % whyEvery === 0) reasons = await why(found, sinceMs);
    for (const { about, words } of reasons.slice(0, 1)) tellWhy(`${about}: ${words}`);
    return { found, up: false, why: reasons, hopeless: stands(reasons, since, standsMs) };
  };
  const last = await untilSettled(ask, ({ up, hopeless }) => up || hopeless, { withinMs, everyMs });
  return last.up || last.hopeless ? last : { ...last, why: await why(last.found, sinceMs ?? Date.now()) };
}

/** Whether something final has stood for a while. What is not said any more is forgotten. */
function stands(reasons: readonly Standstill[], since: Map<string, number>, standsMs: number): boolean {
  const now = Date.now();
  const final = new Set(reasons.filter((one) => one.final).map(({ about }) => about));
  for (const key of since.keys()) if (!final.has(key)) since.delete(key);
  for (const key of final) if (!since.has(key)) since.set(key, now);
  return [...since.values()].some((first) => now - first >= standsMs);
}

/** Now, by the clock of the API server, which dates the events. */
async function clockOf(kube: Pick<KubeReader, "serverFacts">): Promise<number> {
  const ahead = await kube.serverFacts().then(
    ({ clockAheadMs = 0 }) => clockAheadMs,
    () => 0,
  );
  return Date.now() + ahead;
}

function changed(say: Say): Say {
  let said = "";
  return (words) => {
    if (words !== said) say((said = words));
  };
}

function once(say: Say): Say {
  const said = new Set<string>();
  return (words) => {
    if (!said.has(words)) say(words);
    said.add(words);
  };
}
