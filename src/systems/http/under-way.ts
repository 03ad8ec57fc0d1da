/** Reads that are under way: whoever asks the same meanwhile gets the same answer. */
export class UnderWay {
  #asked = new Map<string, Promise<unknown>>();

  /** @param key stands for what is asked; the same key always asks for the same type. */
  ask<T>(key: string, work: () => Promise<T>): Promise<T> {
    const known = this.#asked.get(key);
    if (known !== undefined) return known as Promise<T>;
    const asking = work().finally(() => {
      if (this.#asked.get(key) === asking) this.#asked.delete(key);
    });
    this.#asked.set(key, asking);
    return asking;
  }

  /** After a write: who asks from now on must not get what was read before it. */
  forget(): void {
    this.#asked = new Map();
  }
}
