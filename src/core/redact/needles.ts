import type { View } from "./view.ts";

/** Where a secret stands in a text. */
export interface Hit {
  readonly from: number;
  readonly to: number;
  /** The secret itself, whatever its form there. */
  readonly secret: string;
}

/** One form of a secret. */
export interface Needle {
  readonly bytes: Uint8Array;
  readonly secret: string;
}

interface Kept extends Needle {
  /** The longest other one with which this one begins. */
  readonly shorter: Kept | undefined;
}

/** Bytes by which a needle is found; shorter ones are not looked for. */
const head = 4;
/** So much of the beginning of a longer one is enough: it was cut by whoever wrote the text. Also what keeps the search linear. */
const enough = 64;

/** Many needles, looked for at once: the time does not depend on how many there are, and little on how long they are. */
export class Needles {
  readonly #byHead = new Map<number, readonly Kept[]>();
  /** Which heads there may be: most places of a text are passed by this alone. */
  readonly #heads = new Uint8Array(0x10000);

  constructor(needles: readonly Needle[]) {
    const byHead = Map.groupBy(
      needles.filter(({ bytes }) => bytes.length >= head),
      ({ bytes }) => keyOf(bytes),
    );
    for (const [key, same] of byHead) {
      this.#byHead.set(key, inOrder(same));
      this.#heads[placeOf(key)] = 1;
    }
  }

  get none(): boolean {
    return this.#byHead.size === 0;
  }

  /** At each place the longest of them. */
  in({ bytes, from, to }: View): Hit[] {
    const found: Hit[] = [];
    let key = 0;
    for (let end = 0, next = 0; end < bytes.length; end++) {
      key = (key << 8) | (bytes[end] ?? 0);
      const at = end + 1 - head;
      if (at < next || this.#heads[placeOf(key)] === 0) continue;
      const same = this.#byHead.get(key);
      const match = same && longest(same, bytes, at);
      if (match === undefined) continue;
      found.push({ from: from[at] ?? 0, to: to[at + match.length - 1] ?? 0, secret: match.secret });
      // Others may begin within it and go on behind it; in a very long one they are not looked for.
      next = at + Math.max(1, match.length - enough);
    }
    return found;
  }
}

const keyOf = (bytes: Uint8Array): number => ((bytes[0] ?? 0) << 24) | ((bytes[1] ?? 0) << 16) | ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
const placeOf = (key: number): number => Math.imul(key, 0x9e3779b1) >>> 16;

/** Needles with one head, each once, each with the one that it begins with. */
function inOrder(needles: readonly Needle[]): Kept[] {
  const found: Kept[] = [];
  let shorter: Kept | undefined;
  for (const needle of needles.toSorted((one, other) => Buffer.compare(one.bytes, other.bytes))) {
    while (shorter !== undefined && common(shorter.bytes, needle.bytes, 0) < shorter.bytes.length) shorter = shorter.shorter;
    if (shorter?.bytes.length === needle.bytes.length) continue;
    shorter = { ...needle, shorter };
    found.push(shorter);
  }
  return found;
}

/** How many bytes are the same from here on. */
function common(needle: Uint8Array, bytes: Uint8Array, at: number): number {
  const most = Math.min(needle.length, bytes.length - at);
  let length = 0;
  while (length < most && needle[length] === bytes[at + length]) length += 1;
  return length;
}

interface Match {
  readonly length: number;
  readonly secret: string;
}

/** Among needles in their order: the one before this place in that order is it, or begins with it. */
function longest(sorted: readonly Kept[], bytes: Uint8Array, at: number): Match | undefined {
  let [low, high] = [0, sorted.length];
  let before: { needle: Kept; length: number } | undefined;
  let most: Match | undefined;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const needle = sorted[middle]!;
    const length = common(needle.bytes, bytes, at);
    if (most === undefined || length > most.length) most = { length, secret: needle.secret };
    // A needle of which all is there is not behind this place; of one that goes on where the text ends, the text is the beginning.
    const behind = length < needle.bytes.length && (needle.bytes[length] ?? 0) > (bytes[at + length] ?? -1);
    if (behind) high = middle;
    else [low, before] = [middle + 1, { needle, length }];
  }
  if (most !== undefined && most.length >= enough) return most;
  let whole = before?.needle;
  while (whole !== undefined && whole.bytes.length > (before?.length ?? 0)) whole = whole.shorter;
  return whole && { length: whole.bytes.length, secret: whole.secret };
}
