import { isRecord, type Plain } from "./compare.ts";
import { namedIn, type Naming } from "./redact/by-name.ts";
import { knownIn, type Secret } from "./redact/known.ts";
import type { Hit } from "./redact/needles.ts";
import { holdsSecret } from "./secret-names.ts";

export const hidden = "[hidden]";

export interface Redacting {
  /** What has one of these shapes is a secret, whoever wrote it: all that an expression matches, so what stands around it is looked at only. */
  readonly shapes: readonly RegExp[];
  /** Whether what follows the name of a secret is one. Left out: all of it. */
  readonly naming?: Naming | undefined;
  /** Known values with fewer characters are left: they are words that stand everywhere. Left out: 8; never less than 4. */
  readonly shortest?: number | undefined;
  /** What stands there instead; left out: "[hidden]". */
  readonly sign?: ((secret: string) => string) | undefined;
}

/** Takes secrets out of a text, and out of each text in a value, so that what was JSON stays JSON. */
export interface Redactor {
  text(given: string): string;
  value(given: Plain): Plain;
}

/**
 * Takes secrets out of texts: values that are known, in every form that one takes on its way (escaped, encoded, wrapped, trimmed, line by
 * line, one form in another), what follows the name of a secret, and what has the shape of one. Give it whole texts: one that was cut may
 * end in half a secret.
 * @param known Values that must not stand in the text.
 */
export function redactor(known: readonly Secret[], { shapes, naming = "all", shortest = 8, sign = () => hidden }: Redacting): Redactor {
  const find = knownIn(known, Math.max(4, shortest));
  const text = (given: string): string => {
    const named = namedIn(given, naming).map(([from, to]) => ({ from, to, secret: given.slice(from, to) }));
    return replaced(given, [...find(given), ...shapes.flatMap((shape) => shaped(given, shape)), ...named], sign);
  };
  return { text, value: (given) => inValue(given, text, sign) };
}

function shaped(text: string, shape: RegExp): Hit[] {
  return [...text.matchAll(shape)].map((match) => ({ from: match.index, to: match.index + match[0].length, secret: match[0] }));
}

/** Where hits overlap or touch, all of it goes at once. */
function replaced(text: string, hits: readonly Hit[], sign: (secret: string) => string): string {
  const parts: string[] = [];
  let end = 0;
  for (const { from, to, secret } of merged(hits)) {
    parts.push(text.slice(end, from), sign(secret));
    end = to;
  }
  return end === 0 ? text : [...parts, text.slice(end)].join("");
}

function merged(hits: readonly Hit[]): Hit[] {
  const found: Hit[] = [];
  for (const hit of [...hits].sort((one, other) => one.from - other.from || other.to - one.to)) {
    const last = found.at(-1);
    if (last === undefined || hit.from >= last.to) found.push(hit);
    else if (hit.to > last.to) found.splice(-1, 1, { from: last.from, to: hit.to, secret: `${last.secret} ${hit.secret}` });
  }
  return found;
}

function inValue(value: Plain, text: (given: string) => string, sign: (secret: string) => string): Plain {
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) return value.map((item: Plain) => inValue(item, text, sign));
  if (!isRecord(value)) return value;
  const inside = (key: string, inner: Plain): Plain =>
    typeof inner === "string" && holdsSecret(value, key) && isSecretText(inner) ? sign(inner) : inValue(inner, text, sign);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [text(key), inside(key, inner ?? null)])) as Plain;
}

const isSecretText = (text: string): boolean => !/^(true|false|null|\d{1,4}|\[hidden\]|fingerprint [\da-f]{12}|)$/.test(text);
