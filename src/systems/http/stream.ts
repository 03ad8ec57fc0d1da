import { Readable } from "node:stream";
import axios from "axios";
import { requestConfig, type HttpRequest } from "./http.ts";
import { HttpFailure, failureOf } from "./failure.ts";

/** An answer whose body arrives for as long as it is listened to. */
export interface OpenAnswer {
  readonly status: number;
  /** The body, piece by piece; ends when the server ends it. What breaks it is an HttpFailure. */
  readonly pieces: AsyncIterable<string>;
  close(): void;
}

/** How much of a stream is read before it is given up, in bytes. */
const largestStream = 8 * 1024 * 1024;

/**
 * Sends a request and gives its answer as soon as its head is there; redirects are not followed. `timeoutMs` is for the head alone:
 * whoever opened the answer closes it.
 * @throws HttpFailure when there is no answer.
 */
export async function openExchange(request: HttpRequest): Promise<OpenAnswer> {
  const closing = new AbortController();
  const signals = [closing.signal, ...(request.signal === undefined ? [] : [request.signal])];
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    closing.abort();
  }, request.timeoutMs);
  try {
    // With a limit of its own axios wraps the body, and closing that does not close the connection: `pieces` counts instead.
    const answer = await axios.request<Readable>({
      ...requestConfig(request),
      timeout: 0,
      maxContentLength: -1,
      responseType: "stream",
      signal: AbortSignal.any(signals),
    });
    return { status: answer.status, pieces: pieces(answer.data), close: () => void answer.data.destroy() };
  } catch (error) {
    throw failureOf(error, { timedOut: late });
  } finally {
    clearTimeout(timer);
  }
}

async function* pieces(body: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let read = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      read += chunk.length;
      if (read > largestStream) throw new HttpFailure("too-large", "the answer does not end");
      yield decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    throw failureOf(error);
  } finally {
    body.destroy();
  }
}
