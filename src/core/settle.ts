import { setTimeout as delay } from "node:timers/promises";

export interface SettleOptions {
  /** Deadline, in milliseconds from now. */
  readonly withinMs: number;
  /** Pause between two questions, in milliseconds. One of up to half a second begins with a tenth of one, and grows. */
  readonly everyMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const firstMs = 100;
const growth = 1.5;
/** What is asked less often than this costs too much to be asked at once again, in milliseconds. */
const steadyMs = 500;

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
  let pause = everyMs > steadyMs ? everyMs : Math.min(everyMs, firstMs);
  for (;;) {
    const answer = await ask();
    if (good(answer) || signal?.aborted || Date.now() + pause > deadline) return answer;
    await delay(pause, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    pause = Math.min(pause * growth, everyMs);
  }
}
