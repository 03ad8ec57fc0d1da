import http, { type IncomingMessage } from "node:http";
import net, { type Socket } from "node:net";

/** What a proxy was asked for, in its own words: "CONNECT host:port", "GET http://host/path", "SOCKS name:port". */
export interface FakeProxy {
  readonly server: net.Server | http.Server;
  readonly asked: string[];
  /** What let each of them in, for http. */
  readonly introductions: (string | undefined)[];
}

/** Where a name leads that is known only behind the proxy: a port of this machine, or of another one. */
export type Names = Readonly<Record<string, number | { readonly host: string; readonly port: number }>>;

const placeOf = (to: Names[string]): { readonly host: string; readonly port: number } =>
  typeof to === "number" ? { host: "127.0.0.1", port: to } : to;

/** An http proxy. Names that it does not know are reached as they are. @param refuses a status that it answers everything with. */
export function httpProxy(names: Names = {}, refuses?: number): FakeProxy {
  const seen: Pick<FakeProxy, "asked" | "introductions"> = { asked: [], introductions: [] };
  const note = ({ method, url, headers }: IncomingMessage): void => {
    seen.asked.push(`${method} ${url}`);
    seen.introductions.push(headers["proxy-authorization"]);
  };
  const server = http.createServer((request, response) => {
    note(request);
    if (refuses !== undefined) return void response.writeHead(refuses, { "content-type": "text/html" }).end("no");
    const url = new URL(request.url ?? "");
    const { "proxy-authorization": _, ...headers } = request.headers;
    const to = { ...placeOf(names[url.host] ?? Number(url.port)), path: url.pathname + url.search };
    request.pipe(
      http.request({ ...to, method: request.method, headers }, (answer) => {
        answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers));
      }),
    );
  });
  server.on("connect", (request: IncomingMessage, client: Socket) => {
    note(request);
    if (refuses !== undefined) return void client.end(`HTTP/1.1 ${refuses} ${http.STATUS_CODES[refuses]}\r\n\r\n`);
    join(client, names[request.url ?? ""] ?? Number((request.url ?? "").split(":").pop()), "HTTP/1.1 200 OK\r\n\r\n");
  });
  return { server, ...seen };
}

function join(client: Socket, to: Names[string], greeting: string | Buffer): void {
  const upstream = net.connect(placeOf(to), () => {
    client.write(greeting);
    client.pipe(upstream).pipe(client);
  });
  for (const [end, other] of [
    [client, upstream],
    [upstream, client],
  ] as const)
    end.on("error", () => undefined).on("close", () => other.destroy());
}

/** A SOCKS 5 server that asks for no password: https://www.rfc-editor.org/rfc/rfc1928 */
export function socksProxy(names: Names = {}): FakeProxy {
  const asked: string[] = [];
  const server = net.createServer((client) => {
    client.on("error", () => undefined);
    client.once("data", () => {
      client.write(Buffer.from([5, 0]));
      client.once("data", (request) => {
        const target = targetOf(request);
        asked.push(`SOCKS ${target}`);
        join(client, names[target] ?? Number(target.split(":").pop()), Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
      });
    });
  });
  return { server, asked, introductions: [] };
}

/** The address of a request: type 3 is a name, type 1 an IPv4 address. */
function targetOf(request: Buffer): string {
  const isName = request[3] === 3;
  const length = isName ? (request[4] ?? 0) : 4;
  const start = isName ? 5 : 4;
  const bytes = request.subarray(start, start + length);
  return `${isName ? bytes.toString("latin1") : bytes.join(".")}:${request.readUInt16BE(start + length)}`;
}
