/** Bytes that were made of a text, in one way or another, and for each of them where in the text it comes from. */
export interface View {
  readonly bytes: Uint8Array;
  /** The first code unit of the text that a byte rests on. */
  readonly from: Int32Array;
  /** The code unit behind the last one. */
  readonly to: Int32Array;
}

/** Fills a view byte by byte. */
export class ViewBuilder {
  readonly #bytes: Uint8Array;
  readonly #from: Int32Array;
  readonly #to: Int32Array;
  #length = 0;

  /** @param most how many bytes it may get */
  constructor(most: number) {
    this.#bytes = new Uint8Array(most);
    this.#from = new Int32Array(most);
    this.#to = new Int32Array(most);
  }

  add(byte: number, from: number, to: number): void {
    this.#bytes[this.#length] = byte;
    this.#from[this.#length] = from;
    this.#to[this.#length] = to;
    this.#length += 1;
  }

  /** A code point as UTF-8. */
  addPoint(point: number, from: number, to: number): void {
    if (point < 0x80) return this.add(point, from, to);
    if (point < 0x800) this.add(0xc0 | (point >> 6), from, to);
    else if (point < 0x10000) this.add(0xe0 | (point >> 12), from, to);
    else this.add(0xf0 | (point >> 18), from, to);
    if (point >= 0x10000) this.add(0x80 | ((point >> 12) & 0x3f), from, to);
    if (point >= 0x800) this.add(0x80 | ((point >> 6) & 0x3f), from, to);
    this.add(0x80 | (point & 0x3f), from, to);
  }

  view(): View {
    return {
      bytes: this.#bytes.subarray(0, this.#length),
      from: this.#from.subarray(0, this.#length),
      to: this.#to.subarray(0, this.#length),
    };
  }
}

/** A text as UTF-8. */
export function viewOf(text: string): View {
  const built = new ViewBuilder(text.length * 3);
  for (let at = 0; at < text.length;) {
    const point = text.codePointAt(at) ?? 0;
    const next = at + (point > 0xffff ? 2 : 1);
    built.addPoint(point, at, next);
    at = next;
  }
  return built.view();
}
