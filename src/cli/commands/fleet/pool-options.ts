import { isDuration, milliseconds } from "../../../core/duration.ts";
import { failure, kinds } from "../../../errors.ts";
import type { PoolOptions } from "../../../fleet/pool.ts";
import { oneLine } from "../../../systems/printable.ts";
import type { CallWith } from "../command.ts";
import type { fleetRunOptions } from "../own-options.ts";

const [defaultConcurrency, defaultDeadline] = ["16", "10m"];

/** How many at once, and when no more are begun. @throws CliError VK1001 for what is no number */
export function poolOf({ options, host }: Pick<CallWith<typeof fleetRunOptions>, "options" | "host">): PoolOptions {
  const { concurrency = defaultConcurrency, canary = "0", maxFailures, clusterTimeout = defaultDeadline } = options;
  if (!isDuration(clusterTimeout) || milliseconds(clusterTimeout) < 1_000)
    throw wrong("cluster-timeout", clusterTimeout, "It is no duration of at least 1s.");
  return {
    concurrency: numberOf("concurrency", concurrency, 1),
    canary: numberOf("canary", canary, 0),
    maxFailures: maxFailures === undefined ? undefined : numberOf("max-failures", maxFailures, 1),
    deadlineMs: milliseconds(clusterTimeout),
    signal: host.signal,
  };
}

function numberOf(flag: string, text: string, atLeast: number): number {
  if (/^\d{1,5}$/.test(text) && Number(text) >= atLeast) return Number(text);
  throw wrong(flag, text, `It is no whole number from ${atLeast} to 99999.`);
}

const wrong = (flag: string, text: string, why: string) =>
  failure(kinds.usage, { what: `"${oneLine(text)}" cannot be used for --${flag}`, why, fix: `Correct --${flag}.` });
