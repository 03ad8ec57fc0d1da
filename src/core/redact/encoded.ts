import { hexDigit } from "./plain.ts";
import { type View, ViewBuilder } from "./view.ts";

/** Shorter runs hold nothing that is looked for: four bytes take six characters of base64, and eight of hex. */
const shortest = { base64: 6, hex: 8 };

/**
 * What a text holds in base64 and in hex, taken back: from each place where an encoder may have begun, since a secret may stand anywhere in
 * what was encoded.
 * @param plain without line ends, and with one alphabet of base64
 */
export function* decodedFrom(plain: View): Generator<View> {
  const base64 = runs(plain.bytes, (byte) => base64Digit(byte) !== -1, shortest.base64);
  for (const shift of [0, 1, 2, 3]) yield fromBase64(plain, base64, shift);
  const hex = runs(plain.bytes, (byte) => hexDigit(byte) !== -1, shortest.hex);
  for (const shift of [0, 1]) yield fromHex(plain, hex, shift);
}

type Run = readonly [start: number, end: number];

function runs(bytes: Uint8Array, belongs: (byte: number) => boolean, least: number): Run[] {
  const found: Run[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const start = at;
    while (at < bytes.length && belongs(bytes[at] ?? 0)) at += 1;
    if (at - start >= least) found.push([start, at]);
  }
  return found;
}

/** Four characters are three bytes; what is left at the end of a run are fewer. */
function fromBase64({ bytes, from, to }: View, all: readonly Run[], shift: number): View {
  const built = new ViewBuilder(bytes.length);
  for (const [start, end] of all)
    for (let at = start + shift; at + 1 < end; at += 4) {
      const [one, two] = [base64Digit(bytes[at] ?? 0), base64Digit(bytes[at + 1] ?? 0)];
      built.add(((one << 2) | (two >> 4)) & 0xff, from[at] ?? 0, to[at + 1] ?? 0);
      if (at + 2 >= end) break;
      const three = base64Digit(bytes[at + 2] ?? 0);
      built.add(((two << 4) | (three >> 2)) & 0xff, from[at + 1] ?? 0, to[at + 2] ?? 0);
      if (at + 3 < end) built.add(((three << 6) | base64Digit(bytes[at + 3] ?? 0)) & 0xff, from[at + 2] ?? 0, to[at + 3] ?? 0);
    }
  return built.view();
}

function fromHex({ bytes, from, to }: View, all: readonly Run[], shift: number): View {
  const built = new ViewBuilder(bytes.length);
  for (const [start, end] of all)
    for (let at = start + shift; at + 1 < end; at += 2)
      built.add((hexDigit(bytes[at] ?? 0) << 4) | hexDigit(bytes[at + 1] ?? 0), from[at] ?? 0, to[at + 1] ?? 0);
  return built.view();
}

/** What a character of base64 is worth; -1 for another byte. */
function base64Digit(byte: number): number {
  if (byte >= 0x41 && byte <= 0x5a) return byte - 0x41;
  if (byte >= 0x61 && byte <= 0x7a) return byte - 0x47;
  if (byte >= 0x30 && byte <= 0x39) return byte + 4;
  return byte === 0x2b ? 62 : byte === 0x2f ? 63 : -1;
}
