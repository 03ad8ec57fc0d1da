import type { Check, Found } from "./check.ts";

/**
 * Checks that are begun before it is their turn, side by side with the diffs: where nothing differs they have found the same as afterwards.
 * Whoever begins them ends them too: what a proof got is given back before its systems are closed.
 */
export class EarlyChecks<R> {
  readonly #checks: readonly Check<R>[];
  readonly #read: R;
  #begun = new Map<Check<R>, Promise<Found>>();
  #prepared: readonly (() => void)[] = [];
  #closed = false;

  constructor(checks: readonly Check<R>[], read: R) {
    this.#checks = checks;
    this.#read = read;
  }

  /** Asks ahead what the checks may ask before it is known whether they are made. */
  prepare(): void {
    this.#prepared = this.#checks.flatMap((check) => check.prepare?.(this.#read) ?? []);
  }

  /** Begins all that are not begun yet. */
  begin(): void {
    if (this.#closed) return;
    for (const check of this.#checks.filter((one) => !this.#begun.has(one))) {
      const found = check.run(this.#read);
      found.catch(() => undefined);
      this.#begun.set(check, found);
    }
  }

  /** What a check finds that was begun; given once, since who asks again wants to know it anew. */
  take(check: Check<R>): Promise<Found> | undefined {
    const found = this.#begun.get(check);
    this.#begun.delete(check);
    return found;
  }

  /** Waits for what was begun and nobody took, forgets what was prepared, and begins no more. */
  async end(): Promise<void> {
    this.#closed = true;
    for (const forget of this.#prepared) forget();
    await Promise.allSettled(this.#begun.values());
    this.#begun = new Map();
  }
}
