import { stripVTControlCharacters } from "node:util";
import { withoutTokens } from "./redaction.ts";

/** Control characters other than a line's end, and those that reorder or hide text. */
// oxlint-disable-next-line no-control-regex
const unprintable = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Text without escape sequences and control characters, whoever wrote it. Lines stay lines. */
export const visible = (text: string): string =>
  stripVTControlCharacters(text.replaceAll("\t", "  ").replaceAll("\r\n", "\n")).replace(unprintable, "");

/** Text made fit for a terminal: visible, and without anything that looks like a secret. */
export const printable = (text: string): string => withoutTokens(visible(text));

/** The same on one line. */
export const oneLine = (text: string): string =>
  printable(text)
    .replace(/\s*\n\s*/g, " ")
    .trim();
