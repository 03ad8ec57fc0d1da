import { redactorOf } from "../systems/redaction.ts";
import { clean } from "../systems/words.ts";

/** So much of the end of what a command said is looked at, in characters. */
const lookedAt = 256_000;
/** A piece of a key of this length is hidden too: a command may print its beginning, its end, or every second line. */
const piece = 8;

/**
 * The last line that a command said, without anything of the documents that it was given or gave: no text of them, no piece of a key or a
 * token, in whatever form.
 */
export function lastWords(stderr: string, documents: readonly string[]): string {
  const known = documents.flatMap(textsIn);
  const inCapitals = known.filter((text) => /^[\da-f]{32,}$/.test(text)).map((text) => text.toUpperCase());
  const redact = redactorOf([...known, ...[...known, ...inCapitals].flatMap(pieces)]);
  return clean(withoutKeys(redact.text(stderr.slice(-lookedAt).trim()).split("\n").at(-1) ?? ""));
}

/** Every text in a document; the words of one that is no JSON. */
function textsIn(document: string): string[] {
  try {
    const found: string[] = [];
    JSON.parse(document, (_, value: unknown) => void (typeof value === "string" && found.push(value)));
    return found;
  } catch {
    return document.split(/\s+/);
  }
}

/** Of what may be a key or a token: one word of that length, which no sentence has. */
const pieces = (text: string): string[] =>
  /^[\w+/=.~-]{16,1000}$/.test(text) ? Array.from({ length: text.length - piece + 1 }, (_, at) => text.slice(at, at + piece)) : [];

/** What looks like a key of another document: long, and of the characters of base64 or hex alone. */
const withoutKeys = (line: string): string => line.replace(/[\w+=-]{40,}|\b[\da-f]{32,}\b/gi, "[hidden]");
