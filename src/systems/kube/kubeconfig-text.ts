import { parseAllDocuments, type Document } from "yaml";

/**
 * The text of a kubeconfig: UTF-8, or UTF-16 where a byte order mark says so, as PowerShell writes it.
 */
export function decoded(bytes: Buffer): string {
  const mark = bytes.subarray(0, 2).toString("hex");
  if (mark === "fffe") return bytes.subarray(2).toString("utf16le");
  if (mark === "feff")
    return Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)))
      .swap16()
      .toString("utf16le");
  return bytes.toString("utf8").replace(/^\ufeff/, "");
}

/** What Go makes text of, though YAML 1.1 makes numbers and dates of it. */
const asText = new Set(["tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:int:TIME", "tag:yaml.org,2002:float:TIME"]);

/**
 * The document that counts, as kubectl reads it: YAML 1.1, in which yes and on are booleans, the first of several documents, and of a key that is
 * there twice the last. Undefined for an empty text. https://github.com/kubernetes-sigs/yaml
 */
export function firstDocument(source: string): Document | undefined {
  const documents = parseAllDocuments(source, {
    version: "1.1",
    uniqueKeys: false,
    prettyErrors: true,
    customTags: (tags) =>
      tags.filter((tag) => typeof tag === "string" || !asText.has(`${tag.tag}${"format" in tag && tag.format === "TIME" ? ":TIME" : ""}`)),
  });
  return Array.isArray(documents) ? (documents[0] as Document | undefined) : undefined;
}
