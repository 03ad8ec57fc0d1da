import type { Agent } from "node:http";

/** What is a list is sent as one header for each value. */
export type HttpHeaders = Readonly<Record<string, string | readonly string[]>>;

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: HttpHeaders;
  readonly body?: string | undefined;
  /** Keeps connections alive between requests; its owner ends them. */
  readonly agent: Agent;
  /** For the whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}
