import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument, type Document, type Node, type ParsedNode, type Scalar, type YAMLMap } from "yaml";
import { failure, kinds } from "../errors.ts";
import type { CliError } from "../core/errors.ts";
import type { Entries, Entry } from "./file.ts";
import type { FieldName } from "./fields.ts";
import { keyTree, table, type KeyTree } from "./keys.ts";
import type { Raw } from "./coerce.ts";
import { placeText, type Place } from "./origin.ts";
import { clusterName } from "./rules.ts";
import { unknownKey } from "./unknown-key.ts";

interface Source {
  readonly document: Document.Parsed;
  readonly place: (node: unknown) => Place;
}

/**
 * Reads the text of vault-k8s.yaml. Only keys of the table are followed, so aliases and deep nesting cannot make it grow.
 * @throws CliError VK1003 with file, line and column.
 */
export function parseConfig(text: string, file: string): { top: Entries; clusters: ReadonlyMap<string, Entries> } {
  const source = parse(text, file);
  const top = new Map<FieldName, Entry>();
  const clusters = new Map<string, Entries>();
  const root = follow(source.document.contents, source);
  if (root === undefined || isNothing(root)) return { top, clusters };
  walk(source, map(root, source, "The file"), keyTree(), [], top, (pair) => readClusters(source, pair, clusters));
  return { top, clusters };
}

function parse(text: string, file: string): Source {
  const counter = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = counter.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const document = parsed(text, file, counter);
  const [error] = document.errors;
  if (error !== undefined) throw wrong(placeAt(error.pos[0]), "This is not YAML", `${error.message.replace(/ at line \d+, column \d+:?[^]*$/, "")}.`, "Correct the file there.");
  return { document, place: (node) => placeAt(((node as Node | null)?.range ?? [0])[0]) };
}

function parsed(text: string, file: string, lineCounter: LineCounter): Document.Parsed {
  try {
    return parseDocument(text, { lineCounter, logLevel: "error" });
  } catch (error) {
    if (error instanceof RangeError) throw wrong({ file, line: 1, column: 1 }, "The file is nested too deeply", undefined, "Correct the file.");
    throw error;
  }
}

type OnClusters = ((value: Node | undefined) => void) | undefined;

function walk(source: Source, at: YAMLMap, tree: KeyTree, path: readonly string[], into: Map<FieldName, Entry>, onClusters: OnClusters): void {
  for (const { key, value } of at.items) {
    const name = isScalar(key) ? String(key.value) : "";
    const node = follow(value as Node | null, source);
    const target = Object.hasOwn(tree, name) ? tree[name] : undefined;
    if (onClusters !== undefined && name === "clusters") onClusters(node);
    else if (target === undefined) throw unknownKey({ place: source.place(key), path: [...path, name], siblings: Object.keys(tree), top: onClusters !== undefined });
    else if (node === undefined || isNothing(node)) continue;
    else if (typeof target === "string") into.set(target, { raw: raw(node, target, source), place: source.place(node) });
    else walk(source, map(node, source, [...path, name].join(".")), target, [...path, name], into, undefined);
  }
}

function readClusters(source: Source, node: Node | undefined, into: Map<string, Entries>): void {
  if (node === undefined || isNothing(node)) return;
  const { cluster: _, ...tree } = keyTree();
  for (const { key, value } of map(node, source, "clusters").items) {
    const name = isScalar(key) ? String(key.value) : "";
    const rule = clusterName(name);
    if (rule !== undefined) throw failure(kinds.badValue, { what: `"${name}" cannot be the name of a cluster (${placeText(source.place(key))})`, why: rule, fix: "Choose another name there." });
    const entries = new Map<FieldName, Entry>();
    const below = follow(value as Node | null, source);
    if (below !== undefined && !isNothing(below)) walk(source, map(below, source, `clusters.${name}`), tree, ["clusters", name], entries, undefined);
    into.set(name, entries);
  }
}

function raw(node: Node, field: FieldName, source: Source): Raw {
  const { type, key = "" } = table[field];
  if (type !== "list" && type !== "pathList") return scalar(node, source, key, type === "boolean");
  if (!isSeq(node)) throw wrong(source.place(node), `${key} must be a list`, `It is ${described(node)}.`, `Write each value in a line of its own, after "- ".`);
  return node.items.map((item) => {
    const found = follow(item as Node | null, source) ?? node;
    return field === "secrets" && isMap(found) ? secret(found, source) : scalar(found, source, `each item of ${key}`, false);
  });
}

function scalar(node: Node, source: Source, key: string, wantsBoolean: boolean): string {
  const value = isScalar(node) ? node.value : undefined;
  if (typeof value === (wantsBoolean ? "boolean" : "string")) return String(value);
  // A version such as 1.20 is a number to YAML: what was written counts.
  if (typeof value === "number" && !wantsBoolean) return (node as Scalar).source ?? String(value);
  throw wrong(source.place(node), `${key} must be ${wantsBoolean ? "true or false" : "a text or a number"}`, `It is ${described(node)}.`, "Correct it there; quotes make a text of anything.");
}

/** An item of `secrets` that is written as a map: turned into NAME=PATH#KEY,…. */
function secret(node: YAMLMap, source: Source): string {
  const parts: Record<string, string> = Object.create(null);
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : "";
    const below = follow(value as Node | null, source) ?? node;
    if (!["name", "path", "keys"].includes(name)) throw unknownKey({ place: source.place(key), path: ["secrets", name], siblings: ["name", "path", "keys"], top: false });
    parts[name] = name === "keys" && isSeq(below) ? below.items.map((item) => scalar(follow(item as Node | null, source) ?? below, source, "each key of a secret", false)).join(",") : scalar(below, source, `secrets.${name}`, false);
  }
  const { name, path, keys } = parts;
  if (name === undefined) throw wrong(source.place(node), "A secret has no name", "An item of secrets is NAME[=PATH][#KEY,…], or a map with name, path and keys.", "Give it a name.");
  return `${name}${path === undefined ? "" : `=${path}`}${keys === undefined ? "" : `#${keys}`}`;
}

function map(node: Node, source: Source, what: string): YAMLMap {
  if (isMap(node)) return node;
  throw wrong(source.place(node), `${what} must hold keys with values`, `It is ${described(node)}.`, "Write KEY: VALUE.");
}

function follow(node: Node | null | undefined, { document, place }: Source): Node | undefined {
  if (!isAlias(node)) return node ?? undefined;
  const target = node.resolve(document) as ParsedNode | undefined;
  if (target === undefined || isAlias(target)) throw wrong(place(node), "An alias leads nowhere", undefined, "Correct it there.");
  return target;
}

const isNothing = (node: Node): boolean => isScalar(node) && node.value === null;

function described(node: Node): string {
  if (isMap(node)) return "a map";
  if (isSeq(node)) return "a list";
  const value = isScalar(node) ? node.value : undefined;
  return typeof value === "string" ? "a text" : value === null ? "empty" : typeof value === "boolean" ? "true or false" : typeof value === "number" ? "a number" : "something else";
}

const wrong = (place: Place, what: string, why: string | undefined, fix: string): CliError => failure(kinds.badConfig, { what: `${placeText(place)}: ${what}`, why, fix });
