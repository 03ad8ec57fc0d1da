import { stat } from "node:fs/promises";
import path from "node:path";

/**
 * Keeps what was made of each file for as long as the program runs and the file stays the same, however many ask for it: one that is written
 * again is read again. What is no regular file, such as a pipe of a shell, can be read only once. A failure is not kept.
 */
export class SameFiles<T> {
  readonly #known = new Map<string, { readonly stamp: string; readonly made: Promise<T> }>();

  /** @param as what else the result depends on @param make reads the file, and says what is wrong with it */
  async of(file: string, as: string, make: () => Promise<T>): Promise<T> {
    const stamp = await stampOf(file);
    if (stamp === undefined) return make();
    const key = JSON.stringify([path.resolve(file), as]);
    const known = this.#known.get(key);
    if (known?.stamp === stamp) return known.made;
    const made = make();
    this.#known.set(key, { stamp, made });
    made.catch(() => (this.#known.get(key)?.made === made ? this.#known.delete(key) : undefined));
    return made;
  }
}

/** Changes whenever the file does; undefined where there is none, or it may not be looked at. */
async function stampOf(file: string): Promise<string | undefined> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  if (found === undefined) return undefined;
  const { dev, ino, size, mtimeNs, ctimeNs } = found;
  return found.isFile() ? [dev, ino, size, mtimeNs, ctimeNs].join(" ") : `${dev} ${ino}`;
}
