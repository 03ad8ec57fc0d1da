import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** The server's side of a WebSocket (RFC 6455), as far as a port-forward needs it: binary messages and close. */
export interface WebSocket {
  send(message: Buffer): void;
  close(): void;
}

export interface Listener {
  message(message: Buffer): void;
  closed(): void;
}

const binary = 2;
const close = 8;
const ping = 9;

/** Answers the upgrade, taking the first subprotocol that is offered. */
export function acceptWebSocket(request: IncomingMessage, socket: Duplex, listener: Listener): WebSocket {
  const key = createHash("sha1")
    .update(`${request.headers["sec-websocket-key"] ?? ""}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest("base64");
  const protocol = (request.headers["sec-websocket-protocol"] ?? "")
    .split(",")
    .map((name) => name.trim())
    .find((name) => name === "v4.channel.k8s.io");
  const head = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${key}`,
    ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  const send = (message: Buffer): void => void (socket.writable && socket.write(frame(binary, message)));
  const end = (): void => void (socket.writable && socket.end(frame(close, Buffer.alloc(0))));
  listen(socket, listener, end);
  return { send, close: end };
}

function listen(socket: Duplex, listener: Listener, end: () => void): void {
  let waiting = Buffer.alloc(0);
  let parts: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk]);
    for (let next = readFrame(waiting); next !== undefined; next = readFrame(waiting)) {
      waiting = waiting.subarray(next.length);
      if (next.opcode === close) return end();
      if (next.opcode >= ping) continue;
      parts.push(next.payload);
      if (!next.final) continue;
      listener.message(Buffer.concat(parts));
      parts = [];
    }
  });
  socket.on("error", () => undefined).on("close", () => listener.closed());
}

interface Frame {
  readonly final: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
  readonly length: number;
}

/** One masked frame of a client; undefined until all of it is there. */
function readFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes[1]! & 0x7f;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  const start = 2 + extra + 4;
  if (bytes.length < start) return undefined;
  const size = extra === 0 ? short : extra === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < start + size) return undefined;
  const mask = bytes.subarray(start - 4, start);
  const payload = Buffer.from(bytes.subarray(start, start + size).map((byte, index) => byte ^ mask[index % 4]!));
  return { final: (bytes[0]! & 0x80) !== 0, opcode: bytes[0]! & 0x0f, payload, length: start + size };
}

function frame(opcode: number, payload: Buffer): Buffer {
  const size = payload.length;
  const head =
    size < 126
      ? Buffer.from([0x80 | opcode, size])
      : size < 65_536
        ? Buffer.from([0x80 | opcode, 126, size >> 8, size & 0xff])
        : longHead(opcode, size);
  return Buffer.concat([head, payload]);
}

function longHead(opcode: number, size: number): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt8(0x80 | opcode, 0);
  head.writeUInt8(127, 1);
  head.writeBigUInt64BE(BigInt(size), 2);
  return head;
}
