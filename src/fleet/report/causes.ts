import type { Cause, ClusterRecord, FailureWords } from "./schema.ts";

/**
 * Failures that have the same cause, the most frequent first. What differs between clusters alone (their names, contexts, servers, addresses and
 * identities) makes no other cause.
 */
export function causesOf(records: readonly ClusterRecord[]): Cause[] {
  const found = new Map<string, { readonly words: FailureWords; readonly clusters: string[] }>();
  for (const record of records) {
    if (record.failure === undefined) continue;
    const words = withoutNames(record.failure, record);
    const key = JSON.stringify([words.code, alike(words.what), alike(words.why ?? "")]);
    const cause = found.get(key) ?? { words, clusters: [] };
    cause.clusters.push(record.cluster);
    found.set(key, cause);
  }
  const causes = [...found.values()].map(({ words, clusters }) => ({ ...words, count: clusters.length, clusters: clusters.sort() }));
  return causes.sort((one, other) => other.count - one.count || (one.code < other.code ? -1 : 1));
}

/** The same words for each cluster: where its own names stand, what they are. */
export function withoutNames({ code, what, why, fix }: FailureWords, { cluster, context, server }: ClusterRecord): FailureWords {
  const names: (readonly [string | undefined, string])[] = [
    [server, "<API server>"],
    [hostOf(server), "<API server>"],
    [context, "<context>"],
    [cluster, "<cluster>"],
  ];
  const plain = (text: string): string =>
    names.reduce((words, [name, is]) => (name === undefined || name === "" ? words : replaced(words, name, is)), text);
  return { code, what: plain(what), ...(why !== undefined && { why: plain(why) }), ...(fix !== undefined && { fix: plain(fix) }) };
}

/** A name where it stands for itself: "prod" is no part of "production", and a part of "k8s-prod". */
const replaced = (text: string, name: string, is: string): string =>
  text.replaceAll(new RegExp(`(?<![A-Za-z0-9])${name.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")}(?![A-Za-z0-9])`, "g"), () => is);

function hostOf(server: string | undefined): string | undefined {
  return server !== undefined && URL.canParse(server) ? new URL(server).host : undefined;
}

/** Numbers, addresses and identities: they differ from one answer to the next. */
const alike = (text: string): string => text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+/gi, "#");
