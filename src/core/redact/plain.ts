import { type View, ViewBuilder } from "./view.ts";

/**
 * The one alphabet in which a secret and a text are compared. Escapes of JSON, Go, YAML, HTML and URLs, however often one was laid over
 * another, become what they stand for; white space, line ends and what cannot be seen go, so that wrapped and indented lines are whole; the
 * two alphabets of base64 become one. What is escaped of a secret is equal to the secret then, since both went the same way.
 */
export function plainOf({ bytes, from, to }: View): View {
  const built = new ViewBuilder(bytes.length);
  for (let at = 0; at < bytes.length;) {
    const escape = escapeAt(bytes, at);
    const next = at + (escape?.length ?? 1);
    const [start, end] = [from[at] ?? 0, to[next - 1] ?? 0];
    if (escape === undefined) at += invisible(bytes, at) || put(built, bytes[at] ?? 0, start, end);
    else {
      putWhatItStandsFor(built, escape, start, end);
      at = next;
    }
  }
  return built.view();
}

function putWhatItStandsFor(built: ViewBuilder, { byte, point }: Escape, from: number, to: number): void {
  if (byte !== undefined) put(built, byte, from, to);
  else if (point !== undefined && point < 0x80) put(built, point, from, to);
  else if (point !== undefined && !isInvisible(point)) built.addPoint(point, from, to);
}

/** base64 for URLs has "-" and "_". Says that one byte was taken. */
function put(built: ViewBuilder, byte: number, from: number, to: number): 1 {
  if (byte > 0x20 && byte !== backslash && byte !== 0x7f) built.add(byte === 0x2d ? 0x2b : byte === 0x5f ? 0x2f : byte, from, to);
  return 1;
}

/** Characters that a terminal shows as nothing, or that only place others. */
const isInvisible = (point: number): boolean =>
  point <= 0x20 ||
  point === backslash ||
  (point >= 0x7f && point <= 0xa0) ||
  point === 0xad ||
  (point >= 0x200b && point <= 0x200f) ||
  (point >= 0x2028 && point <= 0x202e) ||
  (point >= 0x2060 && point <= 0x2069) ||
  point === 0xfeff;

/** How many bytes such a character takes here; 0 where there is another one. */
function invisible(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0xc2) return 0;
  const [second, third] = [(bytes[at + 1] ?? 0) & 0x3f, (bytes[at + 2] ?? 0) & 0x3f];
  if (first === 0xc2) return isInvisible(0x80 | second) ? 2 : 0;
  if (first !== 0xe2 && first !== 0xef) return 0;
  return isInvisible(((first & 0x0f) << 12) | (second << 6) | third) ? 3 : 0;
}

/** What stands for something else: how long it is, and for what; for nothing where it only places. */
interface Escape {
  readonly length: number;
  readonly byte?: number | undefined;
  readonly point?: number | undefined;
}

const backslash = 0x5c;
const percent = 0x25;
const ampersand = 0x26;

function escapeAt(bytes: Uint8Array, at: number): Escape | undefined {
  const byte = bytes[at];
  if (byte === backslash) return afterBackslashes(bytes, at);
  if (byte === percent) return percentAt(bytes, at);
  return byte === ampersand ? entityAt(bytes, at) : undefined;
}

/** \n and its like, which only place: a, b, e, f, n, r, t, v, 0. */
const placing = new Set(Buffer.from("abefnrtv0"));

/** JSON in JSON doubles each backslash, so any number of them counts as one. */
function afterBackslashes(bytes: Uint8Array, at: number): Escape {
  let next = at;
  while (bytes[next] === backslash) next += 1;
  const kind = bytes[next] ?? 0;
  if (kind === 0x75) return unicodeAt(bytes, at, next);
  const byte = kind === 0x78 ? hexAt(bytes, next + 1, 2) : undefined;
  if (byte !== undefined) return { length: next + 3 - at, byte };
  return { length: next - at + (placing.has(kind) ? 1 : 0) };
}

/** A backslash (or several) with u and four digits; what lies above U+FFFF is two of them. */
function unicodeAt(bytes: Uint8Array, at: number, u: number): Escape {
  const unit = hexAt(bytes, u + 1, 4);
  if (unit === undefined) return { length: u - at };
  if (unit < 0xd800 || unit > 0xdbff) return { length: u + 5 - at, point: unit };
  let next = u + 5;
  while (bytes[next] === backslash) next += 1;
  const low = next > u + 5 && bytes[next] === 0x75 ? hexAt(bytes, next + 1, 4) : undefined;
  if (low === undefined || low < 0xdc00 || low > 0xdfff) return { length: u + 5 - at, point: unit };
  return { length: next + 5 - at, point: 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00) };
}

/** %2F, and %252F where it was encoded twice. */
function percentAt(bytes: Uint8Array, at: number): Escape | undefined {
  let next = at + 1;
  while (hexAt(bytes, next, 2) === percent && hexAt(bytes, next + 2, 2) !== undefined) next += 2;
  const byte = hexAt(bytes, next, 2);
  return byte === undefined ? undefined : { length: next + 2 - at, byte };
}

const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

/** &lt; and &#60; of HTML, and &amp;lt; where it was encoded twice. https://html.spec.whatwg.org/#character-references */
function entityAt(bytes: Uint8Array, at: number): Escape | undefined {
  const ahead = Buffer.from(bytes.subarray(at, at + 40)).toString("latin1");
  const [whole = "", name = "", decimal, hex] = /^&(?:amp;)*(?:([a-z]{2,4})|#(\d{1,7})|#x([\da-f]{1,6}));/i.exec(ahead) ?? [];
  const point = decimal !== undefined ? Number(decimal) : hex !== undefined ? Number.parseInt(hex, 16) : named[name]?.charCodeAt(0);
  return point === undefined || point > 0x10ffff ? undefined : { length: whole.length, point };
}

/** A number of so many hex digits; undefined where there are others. */
function hexAt(bytes: Uint8Array, at: number, digits: number): number | undefined {
  let value = 0;
  for (let next = at; next < at + digits; next++) {
    const digit = hexDigit(bytes[next] ?? 0);
    if (digit === -1) return undefined;
    value = value * 16 + digit;
  }
  return value;
}

/** What a hex digit is worth; -1 for another byte. */
export function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
