import http from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import { checked } from "../http/agent.ts";
import { secured, type Open } from "./handshake.ts";
import type { Trust } from "./trust.ts";

type Connected = (error: Error | null, stream: Duplex) => void;

/** An agent that can open connections before there is a request for each of them. */
export interface TunnelAgent {
  readonly agent: http.Agent;
  /** Opens as many, beside those that requests open. */
  ahead(count: number): void;
}

/** An agent whose connections are the streams that `open` gives. */
export const tunnelAgent = (open: Open): TunnelAgent => withSpares(new http.Agent({ keepAlive: true }), open);

/**
 * The same for https. Any of `names`, by which the very server is known inside its cluster, is right for its certificate;
 * `trust` gives the only PEM that is trusted, where it gives one.
 */
export const tlsTunnelAgent = (open: Open, names: readonly string[], trust: Trust): TunnelAgent =>
  withSpares(new https.Agent({ keepAlive: true, ...checked }), () => secured(open, names, trust));

function withSpares(agent: http.Agent, open: Open): TunnelAgent {
  const spares: Promise<Duplex>[] = [];
  const dial = async (): Promise<Duplex> => {
    const spare = await spares.shift()?.catch(() => undefined);
    return spare === undefined || spare.destroyed ? open() : spare;
  };
  agent.createConnection = (_options: unknown, connected?: Connected) => hand(dial, connected);
  const destroy = agent.destroy.bind(agent);
  agent.destroy = () => {
    for (const spare of spares.splice(0)) void spare.then((stream) => stream.destroy(), nothing);
    destroy();
  };
  return { agent, ahead: (count) => void spares.push(...Array.from({ length: count }, () => quiet(open()))) };
}

/** Nobody listens to it before it is taken; what broke it shows then. */
function quiet(opening: Promise<Duplex>): Promise<Duplex> {
  opening.then((stream) => stream.on("error", nothing), nothing);
  return opening;
}

const nothing = (): void => undefined;

function hand(open: Open, connected: Connected | undefined): undefined {
  void give(open, connected);
}

async function give(open: Open, connected: Connected | undefined): Promise<void> {
  const opened = await open().catch((error: Error) => error);
  // On an error Node's agent does not look at the stream.
  if (opened instanceof Error) connected?.(opened, undefined as unknown as Duplex);
  else connected?.(null, opened);
}
