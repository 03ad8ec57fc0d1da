import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { fromClusterHeader, questionOf, recordedPath, type Answer, type Ask, type Recorded } from "./exchange.ts";
import type { Fault } from "./faults.ts";
import type { Line } from "./line.ts";

export interface Service {
  readonly name: string;
  readonly line: Line;
  readonly tls?: { readonly key: string; readonly cert: string } | undefined;
  identify(ask: Ask): string;
  answer(ask: Ask): Promise<Answer>;
}

export interface Served {
  readonly server: Server;
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves on a free port of 127.0.0.1. */
export async function serve(service: Service): Promise<Served> {
  const handler = (request: IncomingMessage, response: ServerResponse): void => {
    service.line.atWork += 1;
    void handle(service, request, response).finally(() => (service.line.atWork -= 1));
  };
  const server = service.tls === undefined ? createHttp(handler) : createHttps({ ...service.tls }, handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { server, port, url: `${service.tls === undefined ? "http" : "https"}://127.0.0.1:${port}`, stop };
}

/** The parts of a request that a fake looks at. */
async function readAsk(request: IncomingMessage): Promise<Ask> {
  const url = new URL(`http://fake${request.url ?? "/"}`);
  return {
    method: request.method ?? "GET",
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    headers: request.headers,
    body: await text(request),
  };
}

export function record(service: Pick<Service, "name" | "line" | "identify">, ask: Ask): Recorded {
  const from = ask.headers[fromClusterHeader] === undefined ? "tool" : "cluster";
  return {
    server: service.name,
    method: ask.method,
    path: recordedPath(ask),
    question: questionOf(ask),
    identity: service.identify(ask),
    from,
    round: (service.line.rounds?.round ?? 0) + 1,
    status: 0,
  };
}

async function handle(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const ask = await readAsk(request).catch(() => undefined);
  if (ask === undefined) return;
  const recorded = record(service, ask);
  const fault = service.line.arrive(recorded);
  if (fault !== undefined && fault.kind !== "cut-after") return suffer(fault, recorded, ask, response);
  const answer = await service.answer(ask).catch((error: unknown): Answer => ({ status: 500, text: `the fake failed: ${String(error)}` }));
  recorded.status = answer.status;
  if (fault !== undefined) return void response.socket?.destroy();
  send(response, answer);
}

function suffer(fault: Exclude<Fault, { kind: "cut-after" }>, recorded: Recorded, ask: Ask, response: ServerResponse): void {
  if (fault.kind === "hang") return;
  if (fault.kind === "cut-before") return void response.socket?.destroy();
  if (fault.kind === "noise") return void response.socket?.end("\u0000\u0001 this is not HTTP \r\n\r\n");
  if (fault.kind === "huge") return flood(response);
  recorded.status = fault.status;
  if (fault.kind === "echo")
    return void response
      .writeHead(fault.status, { "content-type": "application/json" })
      .end(fault.wrap(`${JSON.stringify(ask.headers)} ${ask.body}`));
  response.writeHead(fault.status, fault.headers).end(fault.body);
}

/** A body that goes on until the other side hangs up, or to a gigabyte. */
function flood(response: ServerResponse): void {
  const piece = "x".repeat(1 << 20);
  let left = 1024;
  const more = (): void => {
    while (left-- > 0) if (!response.write(piece)) return;
    response.end('"}}');
  };
  response.on("drain", more).on("error", () => undefined);
  response.writeHead(200, { "content-type": "application/json" }).write('{"data":{"x":"');
  more();
}

/** The head goes at once, whether there is a line yet or not. */
function goOn(response: ServerResponse, { status, stream, endsAfterMs = 60_000 }: Answer & Required<Pick<Answer, "stream">>): void {
  response.writeHead(status, { "content-type": "application/json" }).flushHeaders();
  const end = stream((line) => void response.write(`${JSON.stringify(line)}\n`));
  const timer = setTimeout(() => response.end(), endsAfterMs);
  response.on("close", () => void [clearTimeout(timer), end()]);
}

function send(response: ServerResponse, answer: Answer): void {
  if (answer.stream !== undefined) return goOn(response, { ...answer, stream: answer.stream });
  sendWhole(response, answer);
}

function sendWhole(response: ServerResponse, { status, json, text: plain, headers }: Answer): void {
  const body = json === undefined ? plain : `${JSON.stringify(json)}\n`;
  const type = json === undefined ? "text/plain; charset=utf-8" : "application/json";
  response.writeHead(status, { ...(body === undefined ? {} : { "content-type": type }), ...headers }).end(body);
}
