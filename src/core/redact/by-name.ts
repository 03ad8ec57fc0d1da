import { secretWords } from "../secret-names.ts";

/**
 * Which names count. `assigned`: "name=value" and "\"name\": \"value\"", as programs write them; `all`: also "name: value", which may be a
 * sentence where a program speaks, and "--name value".
 */
export type Naming = "none" | "assigned" | "all";

/** Where a value stands in a text, without its quotes. */
export type Range = readonly [from: number, to: number];

/** The end of a name that says secret, its quote, and what stands before the value. */
const name = new RegExp(`(?:${secretWords}|\\bpin(?=\\s{0,16}=))(\\\\*["'])?(\\s{0,16}(?:=>?|:=?)\\s{0,16}|\\s{1,16}(?=\\S))`, "gi");

/** The values in a text that go by a secret's name: in HCL, YAML, JSON (also in JSON), flags, and connection strings. */
export function namedIn(text: string, naming: Naming): Range[] {
  if (naming === "none") return [];
  const found: Range[] = [];
  let end = 0;
  for (const match of text.matchAll(name)) {
    const [whole, quote = "", between = ""] = match;
    const at = match.index + whole.length;
    if (at < end || !counts(text, { at, name: match.index, quote, between }, naming)) continue;
    const range = valueAt(text, at, match.index);
    if (range === undefined || !isValue(text.slice(...range)) || beginsMap(text, at, range)) continue;
    found.push(range);
    end = range[1];
  }
  return found;
}

interface Place {
  readonly at: number;
  readonly name: number;
  readonly quote: string;
  readonly between: string;
}

function counts(text: string, { at, name: start, quote, between }: Place, naming: Naming): boolean {
  if (between.includes("=")) return true;
  if (between.includes(":")) return naming === "all" || quote !== "";
  if (naming !== "all") return false;
  return isFlag(text, start) || (/^\\*["']/.test(text.slice(at, at + 8)) && !/secret$/i.test(text.slice(start, at - between.length)));
}

/** Whether the word that ends here begins with a dash. */
const isFlag = (text: string, at: number): boolean => /(?:^|[\s"'`(])--?[\w.-]*$/.test(text.slice(Math.max(0, at - 64), at));

type Reader = (text: string, at: number, name: number) => Range | undefined;

/** A value where it begins: a block of YAML, a heredoc of HCL, a list, a text in quotes, or a bare word. */
const valueAt: Reader = (text, at, start) => {
  for (const read of [block, heredoc, list, quoted, bare]) {
    const found = read(text, at, start);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** "|" and ">" of YAML: what is indented deeper than the name. */
const block: Reader = (text, at, start) => {
  const head = sticky(/[|>][-+\d]{0,2}[ \t]*\r?\n/y, text, at);
  if (head === undefined) return undefined;
  const indent = /^[ \t-]*/.exec(text.slice(text.lastIndexOf("\n", start) + 1, start))?.[0].length ?? 0;
  const lines = sticky(new RegExp(`(?:[ \\t]{${indent + 1},}\\S.*(?:\\n|$)|[ \\t]*\\n)+`, "y"), text, head[1]);
  return lines && [head[1], lines[1] - (text[lines[1] - 1] === "\n" ? 1 : 0)];
};

const heredoc: Reader = (text, at) => {
  const word = /^<<-?(\w{1,32})\r?\n/.exec(text.slice(at, at + 40));
  if (word === null) return undefined;
  const from = at + word[0].length;
  const end = new RegExp(`\\n[ \\t]*${word[1]}\\b`).exec(text.slice(from));
  return [from, end === null ? text.length : from + end.index];
};

const list: Reader = (text, at) => {
  const found = sticky(/\[[^[\]{}]*\]/y, text, at);
  return found && /["']/.test(text.slice(...found)) ? [found[0] + 1, found[1] - 1] : undefined;
};

/** Quotes of JSON in JSON have backslashes before them, and end at one that has as many; one that does not end was cut off. */
const quoted: Reader = (text, at) => {
  const open = sticky(/\\*["']/y, text, at);
  if (open === undefined) return undefined;
  const quote = text.slice(...open);
  for (let next = text.indexOf(quote, open[1]); next !== -1; next = text.indexOf(quote, next + 1)) {
    const escapes = backslashesBefore(text, next);
    if (quote.length > 1 ? escapes === 0 : escapes % 2 === 0) return [open[1], next];
  }
  return [open[1], text.length];
};

const bare: Reader = (text, at) => sticky(/(?:[^\s,;}"'&\\]|\\(?![nrtu"'\\]).?)+/y, text, at);

function backslashesBefore(text: string, at: number): number {
  let count = 0;
  while (text[at - 1 - count] === "\\") count += 1;
  return count;
}

function sticky(pattern: RegExp, text: string, at: number): Range | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  return found === null ? undefined : [at, at + found[0].length];
}

/** Not what is empty, a switch, a small number, hidden already, where something else stands, or another flag. */
const isValue = (value: string): boolean =>
  value.trim() !== "" && !/^(true|false|null|\d{1,4}|\[hidden\]?.*|fingerprint [\da-f]{12}|\{\{.*|-.*)$/s.test(value);

/** A map that begins is no value; a text in quotes may look like one. */
const beginsMap = (text: string, at: number, [from]: Range): boolean => from === at && /^[[{(]/.test(text.slice(at, at + 1));
