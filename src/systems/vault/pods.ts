import type { Agent } from "node:http";
import pLimit from "p-limit";
import pRetry from "p-retry";
import { exchange, type HttpRequest, type OnRequest } from "../http/http.ts";
import { HttpFailure } from "../http/failure.ts";
import { openExchange } from "../http/stream.ts";
import type { Asked } from "../asked-once/kept.ts";
import { openTunnel } from "../kube/tunnel.ts";
import type { KubeWire } from "../kube/wire.ts";
import type { KubeReader } from "../world.ts";
import { releasePods } from "../vault-pods.ts";
import { podFacts, type PodFacts } from "./pod-facts.ts";
import { schemeOf } from "./scheme.ts";
import { lasting } from "./lasting.ts";
import { apiUrl } from "./path.ts";
import { servedCertificate } from "./served-certificate.ts";
import type { VaultRequest, VaultServer, VaultSite } from "./server.ts";
import type { Trust } from "./trust.ts";
import { tlsTunnelAgent, tunnelAgent } from "./tunnel-agent.ts";
import { kubectlIn } from "../kubectl.ts";

export interface PodsOptions {
  readonly namespace: string;
  readonly release: string;
  readonly trust: Trust;
  /** Whether https is meant where neither the StatefulSet nor a pod says it. */
  readonly secureByDefault: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onRequest?: OnRequest | undefined;
  /** For one exchange, in milliseconds. */
  readonly timeoutMs: number;
  /** How long a pod that runs may take until it listens, in milliseconds. */
  readonly startMs: number;
  /** Ends with the run. */
  readonly agents: Set<Agent>;
}

/** Requests to one pod at a time: each may need a port-forward of its own. */
const atOnce = 10;

/** The Vault pods of a release, each reached through a port-forward of its own that needs no local port. */
export function podSite(kube: Asked<KubeReader>, wire: KubeWire, options: PodsOptions): VaultSite {
  const senders = new Map<string, Sender>();
  const { namespace, release } = options;
  const senderOf = (facts: PodFacts) => {
    const key = `${facts.name} ${facts.secure}`;
    const known = senders.get(key) ?? sender(wire, facts, options);
    senders.set(key, known);
    return known;
  };
  return {
    title: `namespace ${namespace} of context ${wire.context}`,
    look: `${kubectlIn(wire.context)} get pods -n ${namespace}`,
    servers: async ({ anew } = { anew: false }) => {
      const read = anew ? kube.anew : kube.once;
      const { set, pods } = await releasePods(read, { namespace, release });
      if (set === undefined) return [];
      const facts = await Promise.all(pods.map(async (pod) => podFacts(pod, await schemeOf(read, set, pod, options.secureByDefault))));
      return facts
        .map((one) => serverOf(one, wire.context, senderOf, options))
        .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
    },
  };
}

const serverOf = (facts: PodFacts, context: string, senderOf: (facts: PodFacts) => Sender, { namespace }: PodsOptions): VaultServer => ({
  name: facts.name,
  title: `pod ${namespace}/${facts.name} of context ${context}`,
  isPod: true,
  peerAddress: facts.peerAddress,
  phase: facts.phase,
  saysActive: facts.saysActive,
  ...senderOf(facts),
});

type Sender = Pick<VaultServer, "send" | "open" | "certificate" | "tunnel" | "expect">;

function sender(wire: KubeWire, facts: PodFacts, options: PodsOptions): Sender {
  let expected: (() => number) | undefined;
  const open = async () =>
    openTunnel((await wire.connection()).config, { namespace: options.namespace, pod: facts.name, port: facts.port });
  // Who waits for the first answer has more to ask: the ways for that are opened beside it, over connections that are idle by then.
  const openAndMore = async () => {
    const stream = await open();
    const more = Math.min(expected?.() ?? 0, atOnce) - 1;
    expected = undefined;
    if (more > 0) ahead(more);
    return stream;
  };
  const { agent, ahead } = facts.secure ? tlsTunnelAgent(openAndMore, facts.names, options.trust) : tunnelAgent(openAndMore);
  options.agents.add(agent);
  const limit = pLimit(atOnce);
  const httpRequest = ({ path, toItsEnd, ...request }: VaultRequest): HttpRequest => {
    const url = apiUrl(facts.peerAddress, path);
    options.onRequest?.(request.method, url.replace(/\?.*/, ""));
    return { ...request, url, agent, ...lasting(toItsEnd, options) };
  };
  return {
    send: (request) => limit(() => onceItListens(() => exchange(httpRequest(request)), options)),
    open: (request) => openExchange(httpRequest(request)),
    tunnel: open,
    expect: (count) => void (expected = count),
    certificate: async () => (facts.secure ? servedCertificate(open, facts.names[0]) : undefined),
  };
}

/** A container that has just started listens a moment later; until then nothing was sent. */
function onceItListens<T>(ask: () => Promise<T>, { startMs, signal }: PodsOptions): Promise<T> {
  const closed = (error: Error): boolean => error instanceof HttpFailure && error.code === "TUNNEL_CLOSED" && signal?.aborted !== true;
  return pRetry(ask, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 100,
    factor: 1.5,
    maxTimeout: 1_000,
    maxRetryTime: startMs,
    shouldRetry: ({ error }) => closed(error),
  });
}
