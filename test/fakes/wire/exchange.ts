import type { IncomingHttpHeaders } from "node:http";
import type { Json } from "./json.ts";

/** A request as a fake sees it. */
export interface Ask {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a fake answers: JSON, or text as it stands, or nothing. */
export interface Answer {
  readonly status: number;
  readonly json?: Json;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An answer that goes on: sends a line of JSON whenever there is one. @returns what ends it */
  readonly stream?: (send: (line: Json) => void) => () => void;
  /** When the server ends it by itself, in milliseconds. */
  readonly endsAfterMs?: number;
}

/** Who asks: the tool under test, or something that lives in a cluster (Vault, an operator). */
export const fromClusterHeader = "x-from-cluster";

/** One request, as it is remembered. Tokens do not stand here. */
export interface Recorded {
  readonly server: string;
  readonly method: string;
  /** The path, and the names of the query: "/api/v1/pods?labelSelector". */
  readonly path: string;
  /** What it asks, for who counts: the path with the values of the query, and the words of a review. */
  readonly question: string;
  readonly identity: string;
  readonly from: "tool" | "cluster";
  /** The round trip that it is a part of, from 1, where those are counted. */
  readonly round: number;
  /** Zero for a request that was cut before it was processed. */
  status: number;
}

/** What a review asks stands in its body, which holds no secret. */
const isReview = (path: string): boolean => /accessreviews$|\/capabilities-self$/.test(path);

export function questionOf({ path, query, body }: Pick<Ask, "path" | "query" | "body">): string {
  const asked = [...query].sort().map(([name, value]) => `${name}=${value}`);
  return [path, ...(asked.length === 0 ? [] : [`?${asked.join("&")}`]), ...(isReview(path) ? [` ${body}`] : [])].join("");
}

/** Path and names of the query, as they are remembered. */
export function recordedPath({ path, query }: Pick<Ask, "path" | "query">): string {
  const names = [...new Set(query.keys())];
  return names.length === 0 ? path : `${path}?${names.join("&")}`;
}
