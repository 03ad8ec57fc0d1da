import http, { type Agent } from "node:http";
import net from "node:net";
import pLimit from "p-limit";
import { failure, kinds } from "../../errors.ts";
import { keepAliveAgent } from "../http/agent.ts";
import { exchange, type HttpRequest, type OnRequest } from "../http/http.ts";
import { proxyFor, proxyName } from "../http/proxy-for.ts";
import { openExchange } from "../http/stream.ts";
import { systemTrust } from "../http/system-trust.ts";
import type { ClientTls } from "./client-environment.ts";
import { lasting } from "./lasting.ts";
import type { Pace } from "./pace.ts";
import { apiUrl } from "./path.ts";
import { dial, servedCertificate } from "./served-certificate.ts";
import type { Ways } from "./ways.ts";
import type { VaultRequest, VaultRoute, VaultServer, VaultSite } from "./server.ts";

export interface AddressOptions {
  readonly ca?: string | undefined;
  /** What else the environment says of TLS and the way to it. */
  readonly client?: ClientTls | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  readonly onRequest?: OnRequest | undefined;
  /** For one exchange, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends with the run. */
  readonly agents: Set<Agent>;
  /** Connections that other runs use too; left out: this run makes its own. */
  readonly ways?: Ways | undefined;
}

/** The server at an address, or at a socket of this machine. Proxies of the environment are used, as vault does. Throws VK1004 for another address. */
export function addressServer(address: string, options: AddressOptions): VaultServer {
  const url = vaultAddress(address);
  const { client = {} } = options;
  const socket = url.protocol === "unix:" ? url.pathname : undefined;
  const proxy = socket === undefined ? (client.proxy ?? proxyFor(address, options.env)) : undefined;
  const trusted = {
    ca: options.ca ?? client.ca,
    system: url.protocol === "https:" ? systemTrust(options.env) : undefined,
    cert: client.cert,
    key: client.key,
    serverName: client.serverName,
  };
  const makeAgent = (): Agent =>
    socket === undefined ? keepAliveAgent(url, { ...trusted, proxy }) : socketAgent(decodeURIComponent(socket));
  const { agent, send } = wayTo(options, [address, { ...trusted, system: undefined }, proxy?.href], makeAgent);
  const base = address.replace(/\/+$/, "");
  const title = proxy === undefined ? base : `${base}, through the proxy ${proxyName(proxy)}`;
  const httpRequest = ({ path, toItsEnd, ...request }: VaultRequest): HttpRequest => {
    const target = apiUrl(socket === undefined ? base : "http://localhost", path);
    options.onRequest?.(request.method, target.replace(/\?.*/, ""));
    return { ...request, url: target, agent, ...lasting(toItsEnd, options) };
  };
  return {
    name: base,
    title,
    isPod: false,
    peerAddress: base,
    phase: "Running",
    saysActive: false,
    send: (request) => send(request, () => exchange(httpRequest(request)), options.signal),
    open: (request) => openExchange(httpRequest(request)),
    certificate: async () =>
      url.protocol === "https:" ? servedCertificate(() => dial(url, proxy), client.serverName ?? url.hostname) : undefined,
  };
}

/** What a run sends by, shared with other runs or its own. */
function wayTo({ ways, agents }: AddressOptions, key: unknown, makeAgent: () => Agent): { agent: Agent; send: Pace["send"] } {
  if (ways !== undefined) {
    const { agent, pace } = ways.of(JSON.stringify(key), makeAgent);
    return { agent, send: (...request) => pace.send(...request) };
  }
  const agent = makeAgent();
  agents.add(agent);
  const limit = pLimit(16);
  return { agent, send: (_request, ask) => limit(ask) };
}

/** One address, which may stand for several servers: nothing can be chosen. */
export function addressRoute(server: VaultServer): VaultRoute {
  return { describe: () => server.title, server: () => Promise.resolve(server), chooseAgain: () => false };
}

/** Servers that each have an address of their own. */
export function addressSite(servers: readonly VaultServer[]): VaultSite {
  const sorted = [...servers].sort((a, b) => a.name.localeCompare(b.name));
  return {
    title: sorted.map((server) => server.name).join(", "),
    look: "vault status -address=ADDRESS",
    servers: () => Promise.resolve(sorted),
  };
}

/** What speaks http behind a socket of this machine, as an agent of vault may. */
function socketAgent(path: string): Agent {
  const agent = new http.Agent({ keepAlive: true });
  agent.createConnection = () => net.connect({ path });
  return agent;
}

function vaultAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (
    url !== undefined &&
    (url.protocol === "http:" || url.protocol === "https:" || (url.protocol === "unix:" && url.pathname !== "")) &&
    url.username === "" &&
    url.search === "" &&
    url.hash === ""
  )
    return url;
  throw failure(kinds.badValue, {
    what: `"${address.replace(/\/\/[^/@]*@/, "//…@")}" is not an address of Vault`,
    why: "It has to be http://HOST:PORT, https://HOST:PORT or unix:///PATH.",
    fix: "Pass it with --vault-addr.",
  });
}
