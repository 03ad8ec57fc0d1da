import http from "node:http";
import https from "node:https";
import tls from "node:tls";
import type { Duplex } from "node:stream";

type Open = () => Promise<Duplex>;
type Connected = (error: Error | null, stream: Duplex) => void;

/** An agent whose connections are the streams that `open` gives. */
export function tunnelAgent(open: Open): http.Agent {
  const agent = new http.Agent({ keepAlive: true });
  agent.createConnection = (_options, connected) => hand(open, connected);
  return agent;
}

/**
 * The same for https. Any of `names`, by which the very server is known inside its cluster, is right for its certificate; `ca`
 * is the only PEM that is trusted, where it is given.
 */
export function tlsTunnelAgent(open: Open, names: readonly string[], ca: string | undefined): http.Agent {
  const agent = new https.Agent({ keepAlive: true });
  agent.createConnection = (_options: unknown, connected?: Connected) => hand(async () => handshake(await open(), names, ca), connected);
  return agent;
}

function hand(open: Open, connected: Connected | undefined): undefined {
  void give(open, connected);
}

async function give(open: Open, connected: Connected | undefined): Promise<void> {
  const opened = await open().catch((error: Error) => error);
  // On an error Node's agent does not look at the stream.
  if (opened instanceof Error) connected?.(opened, undefined as unknown as Duplex);
  else connected?.(null, opened);
}

function handshake(raw: Duplex, names: readonly string[], ca: string | undefined): Promise<Duplex> {
  const checkServerIdentity = (_host: string, certificate: tls.PeerCertificate) => {
    const results = names.map((name) => tls.checkServerIdentity(name, certificate));
    return results.includes(undefined) ? undefined : results[0];
  };
  const trust = ca === undefined ? {} : { ca, allowPartialTrustChain: true };
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ socket: raw, servername: names[0] ?? "", checkServerIdentity, ...trust });
    socket.once("secureConnect", () => resolve(socket));
    socket.once("error", reject);
    raw.once("error", reject);
  });
}
