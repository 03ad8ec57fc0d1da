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
}

/** Who asks: the tool under test, or something that lives in a cluster (Vault, an operator). */
export const fromClusterHeader = "x-from-cluster";

/** One request, as it is remembered. Values of the query and of tokens do not stand here. */
export interface Recorded {
  readonly server: string;
  readonly method: string;
  /** The path, and the names of the query: "/api/v1/pods?labelSelector". */
  readonly path: string;
  readonly identity: string;
  readonly from: "tool" | "cluster";
  /** Zero for a request that was cut before it was processed. */
  status: number;
}

/** Path and names of the query, as they are remembered. */
export function recordedPath({ path, query }: Pick<Ask, "path" | "query">): string {
  const names = [...new Set(query.keys())];
  return names.length === 0 ? path : `${path}?${names.join("&")}`;
}
