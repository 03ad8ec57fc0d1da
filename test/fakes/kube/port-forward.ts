import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import type { Answer } from "../wire/exchange.ts";
import { acceptWebSocket } from "./websocket.ts";

/**
 * A port-forward over a WebSocket: channel 0 is the connection, channel 1 its errors; each begins with the port in two bytes. `url`
 * is where the pod really listens; undefined where nothing listens on the port.
 */
export function forwardPort(request: IncomingMessage, socket: Duplex, port: number, url: string | undefined): void {
  const target = url === undefined ? undefined : connect({ port: Number(new URL(url).port), host: "127.0.0.1", noDelay: true });
  const channel = acceptWebSocket(request, socket, {
    message: (message) => void (message[0] === 0 && target?.write(message.subarray(1))),
    closed: () => target?.destroy(),
  });
  const say = (number: number, bytes: Buffer): void => channel.send(Buffer.concat([Buffer.from([number]), bytes]));
  for (const number of [0, 1]) say(number, Buffer.from([port & 0xff, port >> 8]));
  if (target === undefined) return refuse(say, port, channel.close);
  target
    .on("data", (bytes: Buffer) => say(0, bytes))
    .on("close", () => channel.close())
    .on("error", (error) => say(1, Buffer.from(error.message)));
}

function refuse(say: (number: number, bytes: Buffer) => void, port: number, close: () => void): void {
  say(
    1,
    Buffer.from(
      `error forwarding port ${port} to pod: failed to connect to localhost:${port} inside namespace: connect: connection refused`,
    ),
  );
  close();
}

/** Answers an upgrade as a plain request. */
export function refuseUpgrade(socket: Duplex, { status, json, text }: Answer): void {
  const type = json === undefined ? "text/plain" : "application/json";
  const body = json === undefined ? (text ?? "") : JSON.stringify(json);
  socket.end(`HTTP/1.1 ${status} Refused\r\nContent-Type: ${type}\r\nConnection: close\r\n\r\n${body}`);
}
