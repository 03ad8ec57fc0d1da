import { Document, isMap, isScalar, parseDocument, Scalar, type YAMLMap } from "yaml";
import { fieldNames, table } from "../../../config/keys.ts";
import type { FieldName } from "../../../config/fields.ts";
import { wrap } from "../../render/wrap.ts";
import { askedFields, type Answers } from "./answers.ts";

/** The schema stands beside the file: editors take it without a network, and it fits the version that wrote it. */
export const schemaName = "vault-k8s.schema.json";
const schemaLine = ` yaml-language-server: $schema=./${schemaName}`;
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

/** Whether the text asks editors to take the schema that stands beside it. */
export const asksForSchema = (text: string): boolean => text.includes(schemaLine);

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
