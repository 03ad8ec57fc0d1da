import { createServer, type Socket } from "node:net";
import { deflateSync, gzipSync } from "node:zlib";
import { listening } from "./server.ts";

/** Answers one request by hand, byte by byte. */
export type Behaviour = (socket: Socket) => void;

const head = (lines: readonly string[], status = 200): string => [`HTTP/1.1 ${status} x`, ...lines, "", ""].join("\r\n");
const json = "content-type: application/json";
const whole =
  (body: string | Buffer, lines: readonly string[] = [json], status = 200): Behaviour =>
  (socket) => {
    const bytes = Buffer.from(body as string);
    socket.end(Buffer.concat([Buffer.from(head([...lines, `content-length: ${bytes.length}`, "connection: close"], status)), bytes]));
  };

/** Sends as long as the other side takes it. */
const forEver =
  (first: string, piece: string): Behaviour =>
  (socket) => {
    socket.write(first);
    const more = (): void => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on("drain", more);
    more();
  };

/** One piece at a time, with a pause. */
const dripping =
  (pieces: Iterable<string>): Behaviour =>
  (socket) => {
    const rest = pieces[Symbol.iterator]();
    const timer = setInterval(() => {
      const next = rest.next();
      if (next.done === true || socket.destroyed) clearInterval(timer);
      else socket.write(next.value);
    }, 20);
    socket.on("close", () => clearInterval(timer));
  };

const mebibyte = "x".repeat(1 << 20);
const gibibyteOfZeros = (): Buffer => gzipSync(Buffer.alloc(64 << 20), { level: 1 });

/** What a server may do that is broken, or means harm. */
export const behaviours: Readonly<Record<string, Behaviour>> = {
  "garbage bytes": (socket) => void socket.end(Buffer.from([0, 255, 1, 254, 13, 10, 13, 10])),
  "a body of gigabytes": forEver(head([json, "content-length: 4000000000"]), mebibyte),
  "a stream without a length and without an end": forEver(head([json]), mebibyte),
  "chunks without an end": forEver(head([json, "transfer-encoding: chunked"]), `100000\r\n${mebibyte}\r\n`),
  "headers without an end": forEver("HTTP/1.1 200 x\r\n", `x-more: ${"y".repeat(1000)}\r\n`),
  "headers one byte at a time": dripping("HTTP/1.1 200 OK\r\nx: y\r\n".repeat(1000)),
  "a body one byte at a time": dripping([head([json]), ..."[".repeat(100_000)]),
  "no answer at all": () => undefined,
  "interim answers without an end": forEver("", "HTTP/1.1 100 Continue\r\n\r\n"),
  "HTML of a proxy": whole("<html><body>Sign in</body></html>", ["content-type: text/html"]),
  "HTML that says it is JSON": whole("<html><body>Sign in</body></html>"),
  "JSON that is no object": whole("17"),
  "a truncated body": (socket) => void socket.end(`${head([json, "content-length: 1000"])}{"data":`),
  "JSON that stops": whole('{"data":{"a":'),
  "invalid UTF-8": whole(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0xc0, 0x22, 0x7d])),
  "deep nesting": whole("[".repeat(200_000) + "]".repeat(200_000)),
  "deep nesting in errors": whole(`{"errors":[${"[".repeat(200_000)}${"]".repeat(200_000)}]}`, [json], 400),
  "a million empty lists": whole(`{"errors":[${"[],".repeat(3_000_000)}[]]}`, [json], 400),
  "errors that cannot become text": whole('{"errors":[{"toString":1,"valueOf":2}],"warnings":[{"toString":1}]}', [json], 400),
  "errors that are no list": whole('{"errors":{"a":1},"kind":"Status","message":{"toString":1},"details":{"causes":"x"}}', [json], 400),
  "a Status of nothing but wrong types": whole(
    '{"kind":"Status","message":["x"],"reason":7,"details":{"causes":[null,1,{"field":{}}],"name":{}}}',
    [json],
    422,
  ),
  "invalid gzip": whole("this is not compressed", [json, "content-encoding: gzip"]),
  "invalid deflate": whole(deflateSync("{}").subarray(3), [json, "content-encoding: deflate"]),
  "a gzip bomb": whole(gibibyteOfZeros(), [json, "content-encoding: gzip"]),
  "two lengths": (socket) => void socket.end(`${head([json, "content-length: 2", "content-length: 9"])}{}xxxxxxx`),
  "a length that is no number": (socket) => void socket.end(`${head([json, "content-length: -1"])}{}`),
  "a status that is none": (socket) => void socket.end("HTTP/1.1 99999 x\r\ncontent-length: 0\r\n\r\n"),
  "HTTP/2 unasked": (socket) => void socket.end("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  "an upgrade unasked": whole("", ["upgrade: websocket"], 101),
};

/** A server that behaves so to every request, until the test ends. Its address, and what it was sent. */
export async function behaving(behaviour: Behaviour): Promise<{ readonly url: string; readonly asked: () => string }> {
  let asked = "";
  const server = createServer((socket) => {
    socket
      .on("error", () => undefined)
      .once("data", (bytes) => {
        asked += bytes.toString("latin1");
        behaviour(socket);
      });
  });
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => void sockets.add(socket.on("close", () => sockets.delete(socket))));
  const closing = { closeAllConnections: () => sockets.forEach((socket) => socket.destroy()) };
  const port = await listening(Object.assign(server, closing));
  return { url: `http://127.0.0.1:${port}`, asked: () => asked };
}
