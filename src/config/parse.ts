import { failure, kinds } from "../errors.ts";
import type { Raw } from "./coerce.ts";
import type { FieldName } from "./fields.ts";
import type { Entries, Entry } from "./entries.ts";
import type { FleetFile } from "./fleet.ts";
import { readFleet } from "./fleet/parse.ts";
import { keyTree, table, type KeyTree } from "./keys.ts";
import { placeText } from "./origin.ts";
import { clusterName } from "./rules.ts";
import { unknownKey } from "./unknown-key.ts";
import { readYaml, wrong, type YamlNode } from "./yaml-node.ts";

/**
 * Reads the text of vault-k8s.yaml. Only keys of the table are followed.
 * @throws CliError VK1003 with file, line and column.
 */
export function parseConfig(text: string, file: string): FileContent {
  const root = readYaml(text, file);
  const top = new Map<FieldName, Entry>();
  const aside: Aside = { clusters: new Map() };
  if (root.kind !== "empty") readKeys(root, { tree: keyTree(), path: [], into: top, aside });
  return { top, ...aside };
}

/** What a file says. */
export interface FileContent {
  readonly top: Entries;
  readonly clusters: ReadonlyMap<string, Entries>;
  readonly fleet?: FleetFile;
}

/** What stands at the top of the file only, and is no setting. */
interface Aside {
  readonly clusters: Map<string, Entries>;
  fleet?: FleetFile;
}

interface Reading {
  readonly tree: KeyTree;
  readonly path: readonly string[];
  readonly into: Map<FieldName, Entry>;
  /** Where the clusters and the fleet go; they stand at the top of the file only. */
  readonly aside?: Aside;
}

function readKeys(node: YamlNode, { tree, path, into, aside }: Reading): void {
  mustBeMap(node, path.join(".") || "The file");
  for (const { name, at, value } of node.entries()) {
    const target = Object.hasOwn(tree, name) ? tree[name] : undefined;
    if (aside !== undefined && name === "clusters") readClusters(value, aside.clusters);
    else if (aside !== undefined && name === "fleet") aside.fleet = fleetOf(value);
    else if (target === undefined)
      throw unknownKey({ place: at, path: [...path, name], siblings: Object.keys(tree), top: aside !== undefined });
    else if (value.kind === "empty") continue;
    else if (typeof target === "string") into.set(target, { raw: rawOf(value, target), place: value.place });
    else readKeys(value, { tree: target, path: [...path, name], into });
  }
}

function readClusters(node: YamlNode, into: Map<string, Entries>): void {
  if (node.kind === "empty") return;
  mustBeMap(node, "clusters");
  const { cluster: _, ...tree } = keyTree();
  for (const { name, at, value } of node.entries()) {
    const rule = clusterName(name);
    if (rule !== undefined)
      throw failure(kinds.badValue, {
        what: `"${name}" cannot be the name of a cluster (${placeText(at)})`,
        why: rule,
        fix: "Choose another name there.",
      });
    const entries = new Map<FieldName, Entry>();
    if (value.kind !== "empty") readKeys(value, { tree, path: ["clusters", name], into: entries });
    into.set(name, entries);
  }
}

function fleetOf(node: YamlNode): FleetFile {
  const { shape, says, defaults } = readFleet(node);
  const entries = new Map<FieldName, Entry>();
  const { cluster: _, context: __, ...tree } = keyTree();
  if (defaults !== undefined && defaults.kind !== "empty") readKeys(defaults, { tree, path: ["fleet", "defaults"], into: entries });
  return { ...shape, says, defaults: entries };
}

function rawOf(node: YamlNode, field: FieldName): Raw {
  const { type, key = "" } = table[field];
  if (type !== "list" && type !== "pathList") return textOf(node, key, type === "boolean");
  if (node.kind !== "a list")
    throw wrong(node.place, `${key} must be a list`, `It is ${node.kind}.`, `Write each value in a line of its own, after "- ".`);
  return node.items().map((item) => (field === "secrets" && item.kind === "a map" ? secret(item) : textOf(item, `each item of ${key}`)));
}

function textOf(node: YamlNode, what: string, wantsSwitch = false): string {
  if (wantsSwitch ? node.kind === "true or false" : node.kind === "a text" || node.kind === "a number") return node.text;
  throw wrong(
    node.place,
    `${what} must be ${wantsSwitch ? "true or false" : "a text or a number"}`,
    `It is ${node.kind}.`,
    "Correct it there; quotes make a text of anything.",
  );
}

const partsOfSecret = ["name", "path", "keys"];

/** An item of `secrets` that is written as a map: turned into NAME=PATH#KEY,…. */
function secret(node: YamlNode): string {
  const parts = new Map<string, string>();
  for (const { name, at, value } of node.entries()) {
    if (!partsOfSecret.includes(name)) throw unknownKey({ place: at, path: ["secrets", name], siblings: partsOfSecret, top: false });
    const isList = name === "keys" && value.kind === "a list";
    parts.set(
      name,
      isList
        ? value
            .items()
            .map((item) => textOf(item, "each key of a secret"))
            .join(",")
        : textOf(value, `secrets.${name}`),
    );
  }
  const [name, path, keys] = partsOfSecret.map((part) => parts.get(part));
  if (name === undefined)
    throw wrong(
      node.place,
      "A secret has no name",
      "An item of secrets is NAME[=PATH][#KEY,…], or a map with name, path and keys.",
      "Give it a name.",
    );
  return `${name}${path === undefined ? "" : `=${path}`}${keys === undefined ? "" : `#${keys}`}`;
}

function mustBeMap(node: YamlNode, what: string): void {
  if (node.kind !== "a map") throw wrong(node.place, `${what} must hold keys with values`, `It is ${node.kind}.`, "Write KEY: VALUE.");
}
