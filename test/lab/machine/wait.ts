import { setTimeout as delay } from "node:timers/promises";

/** Asks for a fact until it holds, and fails with what was awaited when the deadline is over. */
export async function waitFor<T>(
  what: string,
  seconds: number,
  fact: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await fact();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s`);
    await delay(100);
  }
}
