import http from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import { checked } from "../http/agent.ts";
import { secured, type Open } from "./handshake.ts";
import type { Trust } from "./trust.ts";

type Connected = (error: Error | null, stream: Duplex) => void;

/** An agent whose connections are the streams that `open` gives. */
export function tunnelAgent(open: Open): http.Agent {
  const agent = new http.Agent({ keepAlive: true });
  agent.createConnection = (_options, connected) => hand(open, connected);
  return agent;
}

/**
 * The same for https. Any of `names`, by which the very server is known inside its cluster, is right for its certificate;
 * `trust` gives the only PEM that is trusted, where it gives one.
 */
export function tlsTunnelAgent(open: Open, names: readonly string[], trust: Trust): http.Agent {
  const agent = new https.Agent({ keepAlive: true, ...checked });
  agent.createConnection = (_options: unknown, connected?: Connected) => hand(() => secured(open, names, trust), connected);
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
