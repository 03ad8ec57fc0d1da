import type { Readable } from "node:stream";
import type { HttpRequest } from "./request.ts";
import { HttpFailure, failureOf } from "./failure.ts";
import { send, type Sending } from "./send.ts";

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
  let sending: Sending | undefined;
  const timer = setTimeout(() => sending?.stop(new HttpFailure("timeout", "no answer came in time")), request.timeoutMs);
  try {
    sending = send(request);
    const head = await sending.head;
    return { status: head.statusCode ?? 0, pieces: pieces(head), close: () => void head.destroy() };
  } catch (error) {
    const failed = failureOf(error);
    sending?.stop(failed);
    throw failed;
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
