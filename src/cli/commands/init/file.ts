import { isMap, type Document } from "yaml";
import { fieldNames, table } from "../../../config/keys.ts";
import type { FieldName } from "../../../config/fields.ts";
import { documentOf, hasClusters, put } from "../config-file/document.ts";
import { askedFields, type Answers } from "./answers.ts";

/**
 * The text of vault-k8s.yaml with the answers in it, each under a comment that says what it is. What else an existing text says stays, with its
 * comments. Where it names clusters, the answers go into the cluster's own part.
 */
export function configText(existing: string | undefined, cluster: string, answers: Answers): string {
  const document = documentOf(existing, "init");
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

function valueFor(name: FieldName, answer: Answers[FieldName]): unknown {
  if (answer === undefined || typeof answer === "boolean") return answer;
  return table[name].type === "integer" ? Number(answer) : answer;
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
