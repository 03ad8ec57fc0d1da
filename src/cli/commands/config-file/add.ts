import type { Document } from "yaml";
import { table } from "../../../config/keys.ts";
import { documentOf, hasClusters, put } from "./document.ts";
import type { Kept } from "./kept.ts";

/**
 * The text of vault-k8s.yaml with settings added, comments and all else kept. Where it names clusters, or is about another one, they go into the
 * cluster's own part.
 * @param by the command that makes the file where there is none
 */
export function withSettings(existing: string | undefined, cluster: string | undefined, kept: readonly Kept[], by = "config save"): string {
  const document = documentOf(existing, by);
  const top = partOf(document, cluster);
  for (const { name, value } of kept) {
    const { key, help } = table[name];
    if (key !== undefined && (name !== "cluster" || top.length === 0)) put(document, [...top, ...key.split(".")], value, help);
  }
  return document.toString({ lineWidth: 0 });
}

function partOf(document: Document, cluster: string | undefined): readonly string[] {
  if (cluster === undefined) return [];
  const other = document.get("cluster");
  if (!hasClusters(document) && (other === undefined || other === cluster)) return [];
  const names = typeof other === "string" && !hasClusters(document) ? [other, cluster] : [cluster];
  for (const name of names) if (!document.hasIn(["clusters", name])) document.setIn(["clusters", name], document.createNode({}));
  return ["clusters", cluster];
}
