import http, { type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo, Server as NetServer } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect, onTestFinished } from "vitest";
import { CliError } from "../../../src/core/errors.ts";
import type { ErrorKind } from "../../../src/core/errors.ts";

/** A secret that may stand in nothing that is said. */
export const canary = "hvs.canary-5f0c2a9d71e84b63";

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Served {
  readonly url: string;
  readonly port: number;
  readonly seen: Seen[];
  readonly server: http.Server;
}

type Answer = { readonly status?: number; readonly json?: unknown; readonly text?: string; readonly headers?: Record<string, string> };

/** A server for one test on a free port; `answer` is given what was asked, and may answer by hand. */
export async function serve(
  answer: (seen: Seen, response: ServerResponse) => Answer | undefined,
  tls?: { key: string; cert: string },
): Promise<Served> {
  const seen: Seen[] = [];
  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const one = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() };
    seen.push(one);
    const reply = answer(one, response);
    if (reply === undefined) return;
    response.writeHead(reply.status ?? 200, {
      "content-type": reply.json === undefined ? "text/html" : "application/json",
      ...reply.headers,
    });
    response.end(reply.json === undefined ? (reply.text ?? "") : JSON.stringify(reply.json));
  };
  const server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener);
  const port = await listening(server);
  return { url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`, port, seen, server };
}

/** Listens until the test ends. */
export async function listening(server: NetServer & Partial<Pick<http.Server, "closeAllConnections">>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections?.();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A folder for one test. */
export async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "clients-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

/** The error that some work ends with. */
export async function errorOf(work: Promise<unknown>): Promise<CliError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof CliError) return error;
  throw error ?? new Error("nothing was thrown");
}

/** The work fails with this kind, and shows the canary nowhere. */
export async function failsWith(work: Promise<unknown>, kind: ErrorKind): Promise<CliError> {
  const error = await errorOf(work);
  expect(error.kind.code, `${error.message}\n${error.why ?? ""}`).toBe(kind.code);
  expectHidden(error);
  return error;
}

/** All that can be seen of an error, however one looks at it. */
export function expectHidden(error: unknown, secret = canary): void {
  const { message, why, fix, stack } = error as CliError;
  for (const text of [message, why, fix, stack, inspect(error, { depth: 20, showHidden: true, getters: true }), JSON.stringify(error)])
    expect(text ?? "").not.toContain(secret);
}
