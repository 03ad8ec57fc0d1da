import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { HttpFailure } from "./failure.ts";
import type { HttpHeaders, HttpRequest } from "./request.ts";

/** The largest body that is read or sent, in bytes: Vault's own limit, https://developer.hashicorp.com/vault/api-docs. */
export const largestBody = 32 * 1024 * 1024;

/** A request on its way. */
export interface Sending {
  /** The answer, once its head is there. Any status is one, redirects too: none is followed. */
  readonly head: Promise<IncomingMessage>;
  /** Work on the answer, which ends when the sending is stopped. */
  whole<T>(work: Promise<T>): Promise<T>;
  /** Breaks the connection; who waits gets the reason. */
  stop(reason: Error): void;
}

/**
 * Sends a request on a connection of its agent, until it is stopped or its signal says so.
 * @throws Node's own errors, or HttpFailure.
 */
export function send(request: HttpRequest, more: HttpHeaders = {}): Sending {
  const { method, url, agent, signal } = request;
  const body = Buffer.from(request.body ?? "");
  if (body.length > largestBody) throw new HttpFailure("too-large", "the request is larger than 32 MiB");
  // Node leaves the length out where a body is not usual, as with DELETE.
  const length = request.body === undefined ? {} : { "Content-Length": String(body.length) };
  const headers = valid({ "User-Agent": "vault-k8s", Accept: "application/json", ...more, ...request.headers, ...length });
  const sent = (url.startsWith("https:") ? https : http).request(url, { method, agent, headers });
  const head = Promise.withResolvers<IncomingMessage>();
  let answer: IncomingMessage | undefined;
  const ended = Promise.withResolvers<never>();
  for (const { promise } of [head, ended]) promise.catch(() => undefined);
  const stop = (reason: Error): void => {
    head.reject(reason);
    ended.reject(reason);
    // Who reads the body gets the reason too.
    (answer ?? sent).destroy(reason);
  };
  const interrupted = (): void => stop(new HttpFailure("aborted", "the request was interrupted"));
  signal?.addEventListener("abort", interrupted);
  sent
    .once("response", (arrived) => head.resolve((answer = arrived)))
    .on("error", head.reject)
    .once("close", () => signal?.removeEventListener("abort", interrupted));
  if (signal?.aborted === true) interrupted();
  else sent.end(body);
  return { head: head.promise, whole: (work) => Promise.race([work, ended.promise]), stop };
}

/** Values as Go programs send them: the bytes of UTF-8, without spaces around them. Control characters, which Node refuses, are left out. */
const valid = (headers: HttpHeaders): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? bytesOf(value) : value.map((one) => bytesOf(one))]),
  );

// eslint-disable-next-line no-control-regex
const control = /[\u0000-\u0008\u000A-\u001F\u007F]+/g;

const bytesOf = (value: string): string => Buffer.from(value.replace(control, "").trim(), "utf8").toString("latin1");
