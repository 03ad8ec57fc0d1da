import { isUtf8 } from "node:buffer";
import { isRecord, type Plain } from "../core/compare.ts";
import type { Secret } from "../core/redact/known.ts";
import { fingerprint } from "../core/fingerprint.ts";
import { secretsIn } from "../core/secret-names.ts";

/** Keys of Secrets that hold what everybody may know. */
const open = new Set(["ca.crt", "namespace", "service-ca.crt", "tls.crt"]);

/** All that a Secret, or a patch of one, holds: as text where it is text, and the secrets in it where it is JSON. */
export function valuesOfSecret(secret: unknown): Secret[] {
  const [data, texts] = isRecord(secret) ? [fieldsOf(secret["data"]), fieldsOf(secret["stringData"])] : [[], []];
  return [...data.map((value) => decoded(Buffer.from(value, "base64"))), ...texts].flatMap((value): readonly Secret[] =>
    typeof value === "string" ? [value, ...withinJson(value)] : [value],
  );
}

/** What each Secret in a value holds, also one in a list. */
export function inSecrets(value: Plain): Secret[] {
  if (Array.isArray(value)) return value.flatMap((item: Plain) => inSecrets(item));
  if (!isRecord(value)) return [];
  return value["kind"] === "Secret" ? valuesOfSecret(value) : Object.values(value).flatMap((inner) => inSecrets(inner ?? null));
}

/** The same value with fingerprints for what each Secret in it holds. */
export function withoutData(value: Plain, within = false): Plain {
  if (Array.isArray(value)) return value.map((item: Plain) => withoutData(item, within));
  if (!isRecord(value)) return within && value !== null ? fingerprint(String(value)) : value;
  const data = value["kind"] === "Secret" ? ["data", "stringData"] : [];
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withoutData(inner ?? null, within || data.includes(key))]),
  ) as Plain;
}

const decoded = (bytes: Buffer): Secret => (isUtf8(bytes) ? bytes.toString("utf8") : bytes);

function fieldsOf(data: unknown): string[] {
  if (!isRecord(data)) return [];
  return Object.entries(data).flatMap(([key, value]) =>
    open.has(key) || (typeof value !== "string" && typeof value !== "number") ? [] : [String(value)],
  );
}

/** The texts of a document that go by a secret's name, and those that are one long word: keys and tokens. */
function withinJson(text: string): string[] {
  try {
    const found: string[] = [];
    const value = JSON.parse(text, (_, inner: unknown) => {
      if (typeof inner === "string" && /^[\w+/=.~-]{16,}$/.test(inner)) found.push(inner);
      return inner;
    }) as Plain;
    return [...found, ...secretsIn(value)];
  } catch {
    return [];
  }
}
