import { stripVTControlCharacters } from "node:util";
import type { Secret } from "../core/redact/known.ts";
import { redactorOf } from "./redaction.ts";

const longest = 500;
/** More than this is not looked at, in characters: a body may have 32 MiB. */
const lookedAt = 256_000;
/** What is cut there may end in half a secret: so much of it is never shown. */
const half = 1_000;
/** Control characters, and the characters that reorder or hide text on a terminal. */
// oxlint-disable-next-line no-control-regex
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g;

/**
 * Words that another program said, made fit to print: without escape sequences, on one line, at most 500 characters, with each of `secrets`
 * taken out in whatever form it stands there, and all that looks like a secret.
 */
export function clean(text: string, secrets: readonly Secret[] = []): string {
  const whole = redactorOf(secrets, { naming: "assigned", shortest: 4 }).text(visible(text.slice(0, lookedAt)));
  const line = (text.length > lookedAt ? whole.slice(0, -half) : whole).trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

/** Before anything is looked for: what cannot be seen may stand in the middle of a secret. */
const visible = (text: string): string => stripVTControlCharacters(text).replace(unprintable, " ").replace(/ {2,}/g, " ");

/** Whether a token is a PGP message: tokens of Vault are short and have dots, messages are long base64 without. */
export const isEncrypted = (token: string): boolean => token.length > 120 && !token.includes(".");
