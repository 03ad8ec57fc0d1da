import { isRecord, type Plain } from "./compare.ts";
import { fingerprint } from "./fingerprint.ts";

/** How the name of a secret ends, as the inside of a regular expression. */
export const secretWords = [
  "passw(?:or)?d",
  "passphrase",
  "bind_?pass",
  "token",
  "secret(?:[_-]key)?",
  "(?:api|access|account|private|shared|signing|encryption)[_-]?key",
  "(?:unseal|recovery)[_-]?keys?(?:_b64|_hex)?",
  "client-key-data",
  "credentials?",
].join("|");

const secretName = new RegExp(`(?:${secretWords})$`, "i");

/** Whether what goes by this name is most likely a secret: "password", "DB_PASSWORD", "server.apiKey". */
export const looksSecret = (name: string): boolean => secretName.test(name);

/**
 * Whether a field most likely holds a secret: by its own name, or by the name beside a `value`, as containers have them. The `secret` of
 * something that is mounted is only the name of a Secret.
 */
export function holdsSecret(record: Readonly<Record<string, unknown>>, key: string): boolean {
  if (key === "secret" && typeof record["mountPath"] === "string") return false;
  return looksSecret(key) || (key === "value" && typeof record["name"] === "string" && looksSecret(record["name"]));
}

/** The same value with what goes by a secret's name replaced by `hide`: in fields, and in pairs of name and value as containers have them. */
export function masked(value: Plain, hide: (secret: string) => string = fingerprint): Plain {
  if (Array.isArray(value)) return value.map((item: Plain) => masked(item, hide));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    holdsSecret(value, key) ? hidden(inner, hide) : masked(inner ?? null, hide),
  ]);
  return Object.fromEntries(entries) as Plain;
}

// A flag such as automountServiceAccountToken is no secret, nor is what is empty or a reference to where the secret is.
function hidden(value: Plain | undefined, hide: (secret: string) => string): Plain {
  if (typeof value === "number") return hide(String(value));
  return typeof value === "string" && value !== "" ? hide(value) : masked(value ?? null, hide);
}

/** The texts that `masked` hides. */
export function secretsIn(value: Plain): string[] {
  const found: string[] = [];
  masked(value, (secret) => (found.push(secret), ""));
  return found;
}
