import { setTimeout as delay } from "node:timers/promises";

export interface SettleOptions {
  /** Deadline, in milliseconds from now. */
  readonly withinMs: number;
  /** Pause between two questions, in milliseconds. */
  readonly everyMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks until the answer is good or the deadline has passed; returns the last answer either way.
 * What `ask` throws is thrown.
 */
export async function untilSettled<T>(
  ask: () => Promise<T>,
  good: (answer: T) => boolean,
  { withinMs, everyMs = 500, signal }: SettleOptions,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (good(answer) || signal?.aborted || Date.now() + everyMs > deadline) return answer;
    await delay(everyMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}
