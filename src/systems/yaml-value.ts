import type { Document } from "yaml";

/** More aliases than anybody writes: each may stand for all that came before it. */
const mostAliases = 1_000;

/** What a document holds; undefined where it holds nothing. Throws the given failure for one whose aliases grow without bounds, or refer to nothing. */
export function yamlValue(document: Document, failed: () => Error): unknown {
  try {
    return document.toJS({ maxAliasCount: mostAliases }) ?? undefined;
  } catch {
    throw failed();
  }
}
