import http from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";

const dialMs = 10_000;
/** An idle connection is closed before a load balancer in between forgets it (60 s is common). */
const idleMs = 20_000;

/** Said to every connection: NODE_TLS_REJECT_UNAUTHORIZED must not turn the checks off. */
export const checked = { rejectUnauthorized: true } as const;

/**
 * An agent that keeps connections alive, for http or https by the address. `ca` is the only PEM that is trusted, where it is
 * given; any certificate in it counts as an anchor, as for Go programs such as vault.
 */
export function keepAliveAgent(url: URL, ca?: string): http.Agent {
  const options = { keepAlive: true, timeout: idleMs, scheduling: "lifo" as const };
  if (url.protocol === "http:") return dialInTime(new http.Agent(options));
  return dialInTime(new https.Agent({ ...options, ...checked, ...(ca === undefined ? {} : { ca, allowPartialTrustChain: true }) }));
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
