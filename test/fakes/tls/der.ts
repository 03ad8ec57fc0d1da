/** Just enough of DER (X.690) to write a certificate. */

export function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

export const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts);
export const setOf = (...parts: readonly Buffer[]): Buffer => tagged(0x31, ...parts);
export const integer = (bytes: Buffer): Buffer => tagged(0x02, (bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
export const bits = (content: Buffer): Buffer => tagged(0x03, Buffer.from([0]), content);
export const octets = (content: Buffer): Buffer => tagged(0x04, content);
export const utf8 = (content: string): Buffer => tagged(0x0c, Buffer.from(content));
export const yes: Buffer = tagged(0x01, Buffer.from([0xff]));

export const generalTime = (when: Date): Buffer =>
  tagged(0x18, Buffer.from(`${when.toISOString().replaceAll(/[-:T]/g, "").slice(0, 14)}Z`));

/** An object identifier, from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const low = [value & 0x7f];
  for (let left = value >> 7; left > 0; left >>= 7) low.unshift((left & 0x7f) | 0x80);
  return low;
}
