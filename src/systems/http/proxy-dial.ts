import http from "node:http";
import net from "node:net";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import { clean } from "../words.ts";
import { proxyName } from "./proxy-for.ts";
import { systemTrust } from "./system-trust.ts";

/** Where a connection is to end. */
export interface Destination {
  readonly host: string;
  readonly port: number;
}

/** Why there is no connection through a proxy; nothing was sent to what lies behind it. The message names the proxy, without its password. */
class ProxyError extends Error {
  readonly code = "PROXY";
}

/** Whether it was the proxy that failed. Its words hold nothing of the request. */
export const isProxys = (error: unknown): error is Error => error instanceof ProxyError;

/** A proxy that takes a connection has this long to make the next one, in milliseconds. */
const withinMs = 30_000;

/**
 * A connection through a proxy. It is told the name as it is, and looks it up where it stands.
 * @throws an Error with the code PROXY.
 */
export const dialThrough = (proxy: URL, to: Destination): Promise<Duplex> =>
  named(proxy, proxy.protocol.startsWith("socks") ? bySocks(proxy, to) : byConnect(proxy, to));

/** A connection to an http proxy itself. @throws an Error with the code PROXY. */
export const dialProxy = (proxy: URL): Promise<Duplex> => named(proxy, plainly(proxy));

const named = (proxy: URL, dialled: Promise<Duplex>): Promise<Duplex> =>
  dialled.catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ProxyError(`the proxy ${proxyName(proxy)} ${words[code ?? ""] ?? `cannot be used: ${clean(message)}`}`);
  });

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refused the connection",
  ENOTFOUND: "cannot be found: its host name is not known",
  EAI_AGAIN: "cannot be found: the DNS server did not answer",
  EHOSTUNREACH: "cannot be reached: there is no route to the host",
  ENETUNREACH: "cannot be reached: there is no route to the network",
  ETIMEDOUT: "did not answer in time",
  ECONNRESET: "broke the connection",
};

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, "");

/** The proxy is not certified by whom the server behind it has to be certified by. */
function plainly(proxy: URL): Promise<Duplex> {
  const isTls = proxy.protocol === "https:";
  const host = hostOf(proxy);
  const to = { host, port: Number(proxy.port || (isTls ? 443 : 80)), timeout: withinMs };
  const name = net.isIP(host) === 0 ? { servername: host } : {};
  const socket = isTls
    ? tls.connect({ ...to, ...name, rejectUnauthorized: true, secureContext: systemTrust(process.env).secureContext })
    : net.connect(to);
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("timeout", () => socket.destroy(Object.assign(new Error("late"), { code: "ETIMEDOUT" })));
    socket.once(isTls ? "secureConnect" : "connect", () => resolve(socket.off("error", reject).setTimeout(0)));
  });
}

/** A tunnel by CONNECT: https://www.rfc-editor.org/rfc/rfc9110#name-connect */
async function byConnect(proxy: URL, { host, port }: Destination): Promise<Duplex> {
  const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const opened = await plainly(proxy);
  const request = http.request({
    method: "CONNECT",
    path: authority,
    headers: { Host: authority, ...introduction(proxy) },
    createConnection: () => opened,
    timeout: withinMs,
  });
  return new Promise((resolve, reject) => {
    request.once("error", reject);
    request.once("timeout", () => request.destroy(Object.assign(new Error("late"), { code: "ETIMEDOUT" })));
    request.once("connect", ({ statusCode, statusMessage = "" }, socket: net.Socket, head) => {
      socket.setTimeout(0);
      if (statusCode === 200) return resolve(withHead(socket, head));
      socket.destroy();
      reject(new Error(`it answered ${statusCode} ${statusMessage} to CONNECT ${authority}`));
    });
    request.end();
  });
}

function withHead(socket: Duplex, head: Buffer): Duplex {
  if (head.length > 0) socket.unshift(head);
  return socket;
}

/** What lets us in at a proxy, as a header. */
export function introduction({ username, password }: URL): { readonly "Proxy-Authorization"?: string } {
  if (username === "" && password === "") return {};
  const said = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "Proxy-Authorization": `Basic ${Buffer.from(said).toString("base64")}` };
}

/** SOCKS 5, whose server is given the name: https://www.rfc-editor.org/rfc/rfc1928 */
async function bySocks(url: URL, to: Destination): Promise<Duplex> {
  const { SocksClient } = await import("socks");
  const { port, username, password } = url;
  const login = username === "" ? {} : { userId: decodeURIComponent(username), password: decodeURIComponent(password) };
  const proxy = { host: hostOf(url), port: Number(port || 1080), type: 5 as const, ...login };
  const { socket } = await SocksClient.createConnection({ proxy, destination: to, command: "connect", timeout: withinMs });
  return socket;
}
