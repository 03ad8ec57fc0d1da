import { stripVTControlCharacters } from "node:util";
import { redactorOf } from "./redaction.ts";

/** Control characters other than a line's end, and those that reorder or hide text. */
// oxlint-disable-next-line no-control-regex
const unprintable = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

const { text: withoutTokens } = redactorOf([], { naming: "none" });

/**
 * Text made fit for a terminal, whoever wrote it: no escape sequences, no control characters, nothing that looks like a secret.
 * Lines stay lines.
 */
export function printable(text: string): string {
  return withoutTokens(stripVTControlCharacters(text.replaceAll("\t", "  ").replaceAll("\r\n", "\n")).replace(unprintable, ""));
}

/** The same on one line. */
export const oneLine = (text: string): string =>
  printable(text)
    .replace(/\s*\n\s*/g, " ")
    .trim();
