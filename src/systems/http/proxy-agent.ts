import type { Agent, ClientRequest } from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import { dialProxy, dialThrough, introduction } from "./proxy-dial.ts";

interface Options {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** The connection ends at the server, and no request to the proxy may use it. */
  straight?: boolean;
}

type Connected = (error: Error | null, stream: Duplex) => void;

/** What Node calls on an agent, beside what its types tell. */
interface Overridden {
  addRequest(request: ClientRequest, options: Options): void;
  getName(options?: Options): string;
  createConnection(options: Options, connected?: Connected): Duplex | null | undefined;
}

/**
 * Makes an agent go through a proxy: by a tunnel to https and for WebSockets, as Go does; other http is asked of the proxy itself, by the whole
 * address, since many make tunnels to https alone. What goes wrong at the proxy is an Error with the code PROXY.
 */
export function goThrough<A extends Agent>(agent: A, proxy: URL): A {
  const own = agent as unknown as Overridden;
  const isTls = agent instanceof https.Agent;
  const asksProxy = !isTls && !proxy.protocol.startsWith("socks");
  if (asksProxy) askProxy(own, proxy);
  const connect = own.createConnection.bind(agent);
  own.createConnection = (options, connected) => {
    const to = { host: options.host ?? "", port: Number(options.port) };
    const dialled = asksProxy && options.straight !== true ? dialProxy(proxy) : dialThrough(proxy, to);
    void dialled.then(
      (socket) => connected?.(null, isTls ? connect({ ...options, socket } as Options)! : socket),
      // On an error Node's agent does not look at the stream.
      (error: Error) => connected?.(error, undefined as unknown as Duplex),
    );
    return undefined;
  };
  return agent;
}

/** Requests name the whole address, and what lets us in at the proxy; those that become a WebSocket go straight. */
function askProxy(agent: Overridden, proxy: URL): void {
  const add = agent.addRequest.bind(agent);
  const name = agent.getName.bind(agent);
  agent.getName = (options) => `${name(options)}${options?.straight === true ? ":straight" : ""}`;
  agent.addRequest = (request, options) => {
    if (request.getHeader("upgrade") !== undefined) return add(request, { ...options, straight: true });
    request.path = `http://${String(request.getHeader("host"))}${request.path}`;
    for (const [header, value] of Object.entries(introduction(proxy))) request.setHeader(header, value);
    add(request, options);
  };
}
