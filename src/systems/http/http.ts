import { bodyOf, packed } from "./body.ts";
import { boundedJson } from "./bounded-json.ts";
import { failureOf, HttpFailure } from "./failure.ts";
import type { HttpRequest } from "./request.ts";
import { send, type Sending } from "./send.ts";

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body as JSON; undefined when it is not JSON, or more than an honest server sends. */
  readonly json: unknown;
}

/** Told of each request before it is sent: its method, and its address without the query. */
export type OnRequest = (method: string, target: string) => void;

/**
 * One HTTP exchange. Any status is an answer, redirects too: none is followed.
 * @throws HttpFailure when there is no answer; it holds nothing of the request.
 */
export async function exchange(request: HttpRequest): Promise<HttpAnswer> {
  let sending: Sending | undefined;
  // The timer holds the process: whatever happens to the connection, a run ends with words and never because nothing is left to wait for.
  const timer = setTimeout(() => sending?.stop(new HttpFailure("timeout", "no answer came in time")), request.timeoutMs);
  try {
    sending = send(request, packed);
    const head = await sending.head;
    const body = await sending.whole(bodyOf(head));
    return { status: head.statusCode ?? 0, headers: plainHeaders(head.headers), body, json: boundedJson(body) };
  } catch (error) {
    const failed = failureOf(error);
    sending?.stop(failed);
    throw failed;
  } finally {
    clearTimeout(timer);
  }
}

function plainHeaders(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
