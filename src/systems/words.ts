import { stripVTControlCharacters } from "node:util";

const longest = 500;
/** More than this is not looked at: a body may have 32 MiB. */
const lookedAt = 4_000;
/** Control characters, and the characters that reorder or hide text on a terminal. */
// oxlint-disable-next-line no-control-regex
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g;

/** What a proxy may repeat of a request: a credential after its scheme, Vault's tokens, JSON web tokens. */
const credentials = /(?<=\b(?:Bearer|Basic)\s+)[^\s"',]{12,}|\bhv[sbr]\.[\w-]{20,}|\beyJ[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*)?/g;

/** Each item of a list that another program sent; what is not text is left out: its own `toString` may be anything. */
export const textsIn = (value: unknown): string[] => (Array.isArray(value) ? value.filter((item) => typeof item === "string") : []);

/**
 * Words that another program said, made fit to print: without escape sequences, on one line, at most 500 characters,
 * with each of `secrets` replaced, and with all that looks like a credential.
 */
export function clean(text: string, secrets: readonly string[] = []): string {
  const hidden = secrets.filter((secret) => secret.length > 0).reduce((rest, secret) => rest.replaceAll(secret, "[hidden]"), text);
  const line = stripVTControlCharacters(hidden.slice(0, lookedAt).replace(credentials, "[hidden]"))
    .replace(unprintable, " ")
    .replace(/ {2,}/g, " ")
    .trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

/** Whether a token is a PGP message: tokens of Vault are short and have dots, messages are long base64 without. */
export const isEncrypted = (token: string): boolean => token.length > 120 && !token.includes(".");
