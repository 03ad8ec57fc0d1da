import pLimit from "p-limit";
import { CliError } from "../core/errors.ts";
import { failure, kinds } from "../errors.ts";

/** How many at once, who goes first, and when no more are begun. */
export interface PoolOptions {
  readonly concurrency: number;
  /** So many are done before all others, which are begun only when each of these went well. 0: none. */
  readonly canary: number;
  /** Once so many have failed, no more are begun; left out: all are. */
  readonly maxFailures?: number | undefined;
  /** For each, in milliseconds: what takes longer is given up, and its place goes to the next. */
  readonly deadlineMs: number;
  /** What was told to stop is waited for this long, so that it can let go of its lock; in milliseconds. */
  readonly graceMs?: number | undefined;
  /** Once it aborts, no more are begun; what is under way comes to its end. */
  readonly signal?: AbortSignal | undefined;
}

/** How one ended. `skipped`: it was not begun. */
export type Ended<M, T> = { readonly member: M; readonly seconds: number } & (
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "skipped"; readonly why: WhySkipped }
);

type WhySkipped = "a canary failed" | "too many failed" | "interrupted";

/** What one does. `signal` aborts when its time is over: it should end then, and is not waited for beyond a moment. */
export type Work<M, T> = (member: M, signal: AbortSignal) => Promise<T>;

interface Told<M, T> {
  readonly begun?: ((member: M) => void) | undefined;
  /** In the order in which they end. */
  readonly ended: (ended: Ended<M, T>) => void;
  /** Whether what was done counts as a failure, for canaries and for maxFailures. Left out: never. */
  readonly isFailure?: ((value: T) => boolean) | undefined;
}

/**
 * Does the same work for many. Nothing that happens to one ends another, and one that hangs holds its place for `deadlineMs` at most.
 * @returns how each ended, in the order of `members`; never throws what the work throws
 */
export async function pool<M, T>(
  members: readonly M[],
  work: Work<M, T>,
  options: PoolOptions,
  told: Told<M, T>,
): Promise<readonly Ended<M, T>[]> {
  const { canary, maxFailures = Number.POSITIVE_INFINITY, signal } = options;
  let failures = 0;
  const whyNot = (): WhySkipped | undefined =>
    signal?.aborted === true ? "interrupted" : failures >= maxFailures ? "too many failed" : undefined;
  const one = async (member: M): Promise<Ended<M, T>> => {
    const why = whyNot();
    if (why !== undefined) return said({ member, seconds: 0, kind: "skipped", why });
    told.begun?.(member);
    const ended = await inTime(member, work, options);
    if (isBad(ended)) failures += 1;
    return said(ended);
  };
  const said = (ended: Ended<M, T>): Ended<M, T> => {
    told.ended(ended);
    return ended;
  };
  const isBad = (ended: Ended<M, T>): boolean =>
    ended.kind === "failed" || (ended.kind === "done" && told.isFailure?.(ended.value) === true);
  const limit = pLimit(options.concurrency);
  const first = await limit.map(members.slice(0, canary), one);
  const others = members.slice(canary);
  if (!first.some(isBad)) return [...first, ...(await limit.map(others, one))];
  return [...first, ...others.map((member) => said({ member, seconds: 0, kind: "skipped", why: "a canary failed" }))];
}

async function inTime<M, T>(member: M, work: Work<M, T>, { deadlineMs, graceMs = 5_000 }: PoolOptions): Promise<Ended<M, T>> {
  const began = performance.now();
  const over = new AbortController();
  const timers = [setTimeout(() => over.abort(), deadlineMs)];
  const givenUp = new Promise<never>((_, reject) => {
    timers.push(setTimeout(() => reject(late(deadlineMs)), deadlineMs + graceMs));
  });
  const seconds = (): number => Math.round(performance.now() - began) / 1000;
  try {
    const value = await Promise.race([work(member, over.signal), givenUp]);
    return { member, seconds: seconds(), kind: "done", value };
  } catch (error) {
    return { member, seconds: seconds(), kind: "failed", error: over.signal.aborted ? late(deadlineMs, error) : error };
  } finally {
    timers.forEach(clearTimeout);
  }
}

/** Whatever the work says of being stopped, what happened is that it took too long. */
const late = (deadlineMs: number, said?: unknown): Error =>
  failure(kinds.timedOut, {
    what: `It did not end within ${deadlineMs / 1000} s, and was given up`,
    why: said instanceof CliError && said.kind !== kinds.timedOut ? said.words : undefined,
    fix: "Run the same command again: it goes on where this one stopped. --cluster-timeout gives each cluster longer.",
  });
