import { isUtf8 } from "node:buffer";
import { decodedFrom } from "./encoded.ts";
import { type Hit, type Needle, Needles } from "./needles.ts";
import { plainOf } from "./plain.ts";
import { type View, viewOf } from "./view.ts";

/** A value that may not be shown: a text, or bytes that are none. */
export type Secret = string | Uint8Array;

/** base64 of hex of something is as deep as anybody goes. */
const deepest = 2;

/**
 * Finds values that are known, in whatever form they stand in a text: escaped, encoded, wrapped, or one of it in another.
 * @param shortest Characters that a value must have; shorter ones are words that stand everywhere.
 */
export function knownIn(secrets: readonly Secret[], shortest: number): (text: string) => Hit[] {
  const needles = new Needles([...new Set(secrets)].flatMap((secret) => needlesOf(secret, shortest)));
  return (text) => (needles.none ? [] : look(viewOf(text), needles, deepest));
}

function look(view: View, needles: Needles, deeper: number): Hit[] {
  const plain = plainOf(view);
  const found = [...needles.in(view), ...needles.in(plain)];
  if (deeper > 0) for (const decoded of decodedFrom(plain)) if (decoded.bytes.length > 0) found.push(...look(decoded, needles, deeper - 1));
  return found;
}

function needlesOf(secret: Secret, shortest: number, named = secret): Needle[] {
  const title = typeof named === "string" ? named : Buffer.from(named).toString("hex");
  if (typeof secret !== "string") return secret.length < shortest ? [] : [{ bytes: secret, secret: title }];
  return [...new Set(partsOf(secret))]
    .filter((part) => part.length >= shortest)
    .flatMap((part) => [
      { bytes: Buffer.from(part), secret: title },
      ...inPlain(part, shortest).map((bytes) => ({ bytes, secret: title })),
      ...behind(part).flatMap((inner) => needlesOf(inner, shortest, named)),
    ]);
}

/** Of several lines each that says something; a form of a web page has "+" for a space. */
function partsOf(secret: string): string[] {
  const whole = secret.trim();
  const lines = whole.includes("\n") ? whole.split("\n").map((line) => line.trim()) : [];
  return [
    secret,
    whole,
    ...(whole.includes(" ") ? [whole.replaceAll(" ", "+")] : []),
    ...lines.filter((line) => line.length >= 16 && !/^-----(BEGIN|END) /.test(line)),
  ];
}

/** In the alphabet of `plainOf`, where it is another one; what fills base64 up at its end may be left out. */
function inPlain(part: string, shortest: number): Uint8Array[] {
  if (!/[^A-Za-z\d+/]/.test(part)) return [];
  const { bytes } = plainOf(viewOf(part));
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0x3d) end -= 1;
  return end < Math.min(shortest, 8) ? [] : [bytes.subarray(0, end)];
}

/** What a value that is itself base64 or hex stands for: it is the same secret in any other form. */
function behind(part: string): Secret[] {
  if (part.length < 16) return [];
  const hex = /^(?:[\da-f]{2}){8,}$/i.test(part) ? [Buffer.from(part, "hex")] : [];
  const base64 = /^[\w+/-]{16,}={0,2}$/.test(part) ? [Buffer.from(part, "base64")] : [];
  return [...hex, ...base64].map((bytes) => (isUtf8(bytes) ? bytes.toString("utf8") : bytes));
}
