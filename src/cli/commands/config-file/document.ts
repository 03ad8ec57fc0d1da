import { Document, isMap, isScalar, parseDocument, Scalar, type YAMLMap } from "yaml";
import { wrap } from "../../render/wrap.ts";

/** The schema stands beside the file: editors take it without a network, and it fits the version that wrote it. */
export const schemaName = "vault-k8s.schema.json";
const schemaLine = ` yaml-language-server: $schema=./${schemaName}`;

/** What vault-k8s.yaml holds, to be changed with its comments kept. @param command which makes it where there is none */
export function documentOf(existing: string | undefined, command: string): Document {
  if (existing !== undefined && existing.trim() !== "") return parseDocument(existing);
  const document = new Document({});
  document.commentBefore = `${schemaLine}\n Made by vault-k8s ${command}. docs/settings.md has every setting; flags and variables win over this file.`;
  return document;
}

/** Whether the text asks editors to take the schema that stands beside it. */
export const asksForSchema = (text: string): boolean => text.includes(schemaLine);

/** Whether it has a part for each cluster. */
export const hasClusters = (document: Document): boolean =>
  isMap(document.get("clusters")) && (document.get("clusters") as YAMLMap).items.length > 0;

/** Says a value at a place; where nothing was said there, below a comment that says what it is. */
export function put(document: Document, place: readonly string[], value: unknown, help: string): void {
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
