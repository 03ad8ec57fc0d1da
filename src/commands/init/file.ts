import { renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Document, isMap, isScalar, parseDocument, Scalar, type YAMLMap } from "yaml";
import { fieldNames, table } from "../../config/keys.ts";
import type { FieldName } from "../../config/fields.ts";
import { failure, kinds } from "../../errors.ts";
import { wrap } from "../../ui/wrap.ts";
import { askedFields, type Answers } from "./answers.ts";

const schemaLine = " yaml-language-server: $schema=https://vault-k8s.io/schemas/config.json";
const head = "\n Made by vault-k8s init. docs/settings.md has every setting; flags and variables win over this file.";

/**
 * The text of vault-k8s.yaml with the answers in it, each under a comment that says what it is. What else an existing text says stays, with its
 * comments. Where it names clusters, the answers go into the cluster's own part.
 */
export function configText(existing: string | undefined, cluster: string, answers: Answers): string {
  const document = existing === undefined || existing.trim() === "" ? newDocument() : parseDocument(existing);
  const top = hasClusters(document) ? ["clusters", cluster] : [];
  for (const name of fieldNames.filter((one) => askedFields.includes(one))) {
    const { key } = table[name];
    if (key === undefined || (name === "cluster" && top.length > 0)) continue;
    const place = [...top, ...key.split(".")];
    const value = valueFor(name, answers[name]);
    if (value !== undefined) put(document, place, value, table[name].help);
    else if (document.hasIn(place)) document.deleteIn(place);
  }
  dropEmpty(document, top);
  return document.toString({ lineWidth: 0 });
}

function newDocument(): Document {
  const document = new Document({});
  document.commentBefore = schemaLine + head;
  return document;
}

const hasClusters = (document: Document): boolean =>
  isMap(document.get("clusters")) && (document.get("clusters") as YAMLMap).items.length > 0;

function valueFor(name: FieldName, answer: Answers[FieldName]): unknown {
  if (answer === undefined || typeof answer === "boolean") return answer;
  return table[name].type === "integer" ? Number(answer) : answer;
}

function put(document: Document, place: readonly string[], value: unknown, help: string): void {
  const known = document.hasIn(place);
  if (known && JSON.stringify(document.getIn(place)) === JSON.stringify(value)) return;
  for (let depth = 1; depth < place.length; depth += 1) {
    const above = place.slice(0, depth);
    if (!isMap(document.getIn(above, true))) document.setIn(above, document.createNode({}));
  }
  document.setIn(place, document.createNode(value));
  if (!known) comment(document, place, help);
}

/** Above the key that was just made. */
function comment(document: Document, place: readonly string[], help: string): void {
  const parent = (place.length === 1 ? document.contents : document.getIn(place.slice(0, -1), true)) as YAMLMap;
  const pair = parent.items.find(({ key }) => (isScalar(key) ? key.value : key) === place.at(-1));
  if (pair === undefined) return;
  const key = isScalar(pair.key) ? pair.key : new Scalar(pair.key);
  key.commentBefore = wrap(help, " ", 78 - 2 * (place.length - 1));
  pair.key = key;
}

/** Keys that only held what was taken away. */
function dropEmpty(document: Document, top: readonly string[]): void {
  const groups = new Set(askedFields.flatMap((name) => table[name].key?.split(".").slice(0, -1).join(".") || []));
  for (const group of [...groups].sort((one, other) => other.length - one.length)) {
    const place = [...top, ...group.split(".")];
    const found = document.getIn(place, true);
    if (isMap(found) && found.items.length === 0) document.deleteIn(place);
  }
}

/** Writes the file whole or not at all. @throws CliError VK1009 */
export function writeConfig(file: string, text: string): void {
  const beside = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}`);
  try {
    writeFileSync(beside, text, { flag: "wx", mode: 0o644, flush: true });
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw failure(kinds.badInput, {
      what: `${file} cannot be written`,
      why: (error as NodeJS.ErrnoException).code,
      fix: "Go to a folder of yours, or name another file with -f.",
    });
  }
}
