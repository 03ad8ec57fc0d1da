import { inWords, named, type Check, type Finding, type Found, type OwnLine } from "./check.ts";
import type { EarlyChecks } from "./early-checks.ts";
import { untilSettled } from "./settle.ts";

/** How checks are made: what of a run they need. */
interface ChecksOptions<R> {
  readonly read: R;
  /** Asked where a check is made again. Left out: `read`. */
  readonly anew?: R | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How long a check that settles is asked again, in milliseconds. */
  readonly settleMs?: number | undefined;
  readonly line?: OwnLine | undefined;
}

/** The checks of a step side by side, or what was begun of them before; told in their order. Throws what a check throws. */
export async function runChecks<R>(
  checks: readonly Check<R>[],
  options: ChecksOptions<R>,
  early: EarlyChecks<R>,
  tell: (check: Check<R>, finding: Finding) => void,
): Promise<void> {
  const running = checks.map((check) => ({ check, found: runOne(check, options, early.take(check)) }));
  const all = Promise.allSettled(running.map(({ found }) => found));
  try {
    for (const { check, found } of running) tell(check, inWords(await found, options.line ?? named));
  } finally {
    await all;
  }
}

/** @param begun what it finds that was begun already */
function runOne<R>(
  check: Check<R>,
  { read, anew = read, settleMs = 0, signal }: ChecksOptions<R>,
  begun = check.run(read),
): Promise<Found> {
  if (check.settles !== true) return begun;
  let next = (): Promise<Found> => {
    next = () => check.run(anew);
    return begun;
  };
  return untilSettled(() => next(), settled, { withinMs: settleMs, signal });
}

const settled = (finding: Found): boolean => finding.kind !== "fail" || finding.final === true;
