import { setTimeout as delay } from "node:timers/promises";

/** Between two questions, in milliseconds: one that takes long keeps a core busy, and is asked less often. */
const pauseAfter = (tookMs: number): number => Math.min(Math.max(100, 2 * tookMs), 2_000);

/** Asks for a fact until it holds, and fails with what was awaited when the deadline is over. */
export async function waitFor<T>(
  what: string,
  seconds: number,
  fact: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const asked = performance.now();
    const found = await fact();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s`);
    await delay(pauseAfter(performance.now() - asked));
  }
}
