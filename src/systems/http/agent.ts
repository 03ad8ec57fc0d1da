import http from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import { checkIdentity } from "./identity.ts";
import { goThrough } from "./proxy-agent.ts";
import type { SystemTrust } from "./system-trust.ts";

const dialMs = 10_000;
/** An idle connection is closed before a load balancer in between forgets it (60 s is common). */
const idleMs = 20_000;

/** Said to every connection: NODE_TLS_REJECT_UNAUTHORIZED must not turn the checks off, and names count as for Go programs. */
export const checked = { rejectUnauthorized: true, checkServerIdentity: checkIdentity } as const;

/** How a server is reached, and whom it has to be certified by. */
export interface AgentOptions {
  /** The only PEM that is trusted; any certificate in it counts as an anchor, as for Go programs such as vault. */
  readonly ca?: string | string[] | undefined;
  /** Who is trusted where there is no `ca`. */
  readonly system?: SystemTrust | undefined;
  readonly proxy?: URL | undefined;
  /** PEM of a client certificate and its key. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** The name that is asked for, and that the certificate has to be for, where it is not the host's. */
  readonly serverName?: string | undefined;
}

/** An agent that keeps connections alive, for http or https by the address. */
export function keepAliveAgent(url: URL, { ca, system, proxy, cert, key, serverName }: AgentOptions = {}): http.Agent {
  const options = { keepAlive: true, timeout: idleMs, scheduling: "lifo" as const };
  const trusted = {
    ...checked,
    ...whom({ ca, system, cert }),
    ...(cert === undefined ? {} : { cert, key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
  const agent = url.protocol === "http:" ? new http.Agent(options) : new https.Agent({ ...options, ...trusted });
  return proxy === undefined ? dialInTime(agent) : goThrough(agent, proxy);
}

/** Where a client certificate is shown, what was made ready without it does not serve. */
function whom({ ca, system, cert }: Pick<AgentOptions, "ca" | "system" | "cert">): https.AgentOptions {
  if (ca === undefined && system === undefined) return {};
  if (ca === undefined && cert === undefined) return { secureContext: system?.secureContext };
  return { ca: ca ?? system?.ca, allowPartialTrustChain: true };
}

/** Makes an agent give up connections that are not accepted within ten seconds: systems wait for minutes. */
export function dialInTime<A extends http.Agent>(agent: A): A {
  const dial = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = dial(options, callback);
    if (socket) giveUp(socket);
    return socket;
  };
  return agent;
}

function giveUp(socket: Duplex): void {
  const timer = setTimeout(() => socket.destroy(Object.assign(new Error("not accepted"), { code: "DIAL_TIMEOUT" })), dialMs);
  for (const event of ["connect", "secureConnect", "close"]) socket.once(event, () => clearTimeout(timer));
}
