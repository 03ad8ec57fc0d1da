import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument, type Document, type Node } from "yaml";
import type { CliError } from "../core/errors.ts";
import { failure, kinds } from "../errors.ts";
import { placeText, type Place } from "./origin.ts";

type Kind = "a map" | "a list" | "a text" | "a number" | "true or false" | "empty" | "something else";

/** A value of a YAML file that knows its place. Aliases are followed one at a time, so they cannot make a file grow. */
export interface YamlNode {
  readonly place: Place;
  readonly kind: Kind;
  /** A text, number or switch as it was written: 1.20 stays "1.20". */
  readonly text: string;
  readonly items: () => YamlNode[];
  readonly entries: () => { readonly name: string; readonly at: Place; readonly value: YamlNode }[];
}

/** The content of a YAML file. @throws CliError VK1003 for what is not YAML. */
export function readYaml(text: string, file: string): YamlNode {
  const counter = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = counter.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const document = parsed(text, file, counter);
  const [error] = document.errors;
  if (error !== undefined) throw wrong(placeAt(error.pos[0]), "This is not YAML", sentence(error.message), "Correct the file there.");
  const root = placeAt(0);
  return nodeOf(document.contents, { document, placeOf: (node, otherwise) => (node?.range ? placeAt(node.range[0]) : otherwise) }, root);
}

/** VK1003 at a place. */
export const wrong = (place: Place, what: string, why: string | undefined, fix: string): CliError =>
  failure(kinds.badConfig, { what: `${placeText(place)}: ${what}`, why, fix });

interface Source {
  readonly document: Document.Parsed;
  readonly placeOf: (node: Node | null, otherwise: Place) => Place;
}

function parsed(text: string, file: string, lineCounter: LineCounter): Document.Parsed {
  try {
    return parseDocument(text, { lineCounter, logLevel: "error" });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw wrong({ file, line: 1, column: 1 }, "The file is nested too deeply", undefined, "Correct the file.");
  }
}

// The parser's words without the place, which stands in front, and without a piece of the file.
const sentence = (message: string): string => `${message.replace(/ at line \d+, column \d+:?[^]*$/, "")}.`;

function nodeOf(given: Node | null | undefined, source: Source, above: Place): YamlNode {
  const place = source.placeOf(given ?? null, above);
  const node = isAlias(given) ? given.resolve(source.document) : given;
  if (isAlias(given) && (node === undefined || isAlias(node))) throw wrong(place, "An alias leads nowhere", undefined, "Correct it there.");
  const below = (value: unknown): YamlNode => nodeOf(value as Node | null, source, place);
  return {
    place,
    kind: kindOf(node),
    text: isScalar(node) ? ((typeof node.value === "number" ? node.source : undefined) ?? String(node.value)) : "",
    items: () => (isSeq(node) ? node.items.map(below) : []),
    entries: () =>
      isMap(node)
        ? node.items.map(({ key, value }) => ({
            name: isScalar(key) ? String(key.value) : "",
            at: source.placeOf(key as Node, place),
            value: below(value),
          }))
        : [],
  };
}

function kindOf(node: unknown): Kind {
  if (isMap(node)) return "a map";
  if (isSeq(node)) return "a list";
  const value = isScalar(node) ? node.value : node;
  if (value === null || value === undefined) return "empty";
  const kinds: Readonly<Record<string, Kind>> = { string: "a text", number: "a number", boolean: "true or false" };
  return kinds[typeof value] ?? "something else";
}
