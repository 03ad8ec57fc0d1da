import type { Plain } from "../../core/compare.ts";
import { failure, kinds, notYet } from "../../errors.ts";
import type { HttpAnswer } from "../http.ts";
import { HttpFailure } from "../http-failure.ts";
import { UnderWay } from "../under-way.ts";
import type { InitAnswer, LeaderStatus, NodesWriter, SealStatus, VaultNode } from "../world.ts";
import { isVaults, rejected, unreachable, wordsOf } from "./refusal.ts";
import { secretsIn } from "./secrets-in.ts";
import type { VaultServer, VaultSite } from "./server.ts";

/** Vault server by server: requests that no server passes on. None of them needs a token. */
export function vaultNodes(site: VaultSite): NodesWriter {
  const known = new Map<string, VaultServer>();
  const underWay = new UnderWay();
  const look = async () => {
    const servers = await site.servers();
    for (const server of servers) known.set(server.name, server);
    return servers;
  };
  const find = async ({ name }: VaultNode) => known.get(name) ?? (await look()).find((server) => server.name === name) ?? gone(name, site);
  const write = async <T>(node: VaultNode, path: string, body: Plain) => postOne<T>(await find(node), path, body).finally(() => underWay.forget());
  return {
    nodes: async () => (await look()).map(({ name, peerAddress, phase }) => ({ name, peerAddress, phase })),
    sealStatus: (node) => underWay.ask(node.name, async () => sealOf(await find(node))),
    leader: async (node) => leaderOf(await find(node)),
    init: (node, request) => write<InitAnswer>(node, "sys/init", { ...request }),
    unseal: (node, key) => write<SealStatus>(node, "sys/unseal", { key }),
    resetUnseal: (node) => write<SealStatus>(node, "sys/unseal", { reset: true }),
    join: async (node, leaderAddress, leaderCa) => {
      const ca = leaderCa === undefined ? {} : { leader_ca_cert: leaderCa };
      const { joined } = await write<{ joined?: boolean }>(node, "sys/storage/raft/join", { leader_api_addr: leaderAddress, retry: false, ...ca });
      if (joined !== true) throw failure(kinds.vaultFailed, { what: `${node.name} did not join ${leaderAddress}`, fix: "Look at its log, then run the same command again." });
    },
  };
}

const nobody: LeaderStatus = { ha_enabled: false, is_self: false, leader_address: "" };

/** A sealed node follows nobody that it could name: Vault 1.21 answers 503 there, others 200 with empty addresses. */
async function leaderOf(server: VaultServer): Promise<LeaderStatus> {
  const answer = await sent(server, "GET", "sys/leader");
  if (answer.status === 503 && isVaults(answer)) return nobody;
  return taken<LeaderStatus>(server, "GET", "sys/leader", answer);
}

async function sealOf(server: VaultServer): Promise<SealStatus> {
  return taken<SealStatus>(server, "GET", "sys/seal-status", await sent(server, "GET", "sys/seal-status"));
}

/** Never repeated by itself: an init whose answer was lost must not be sent twice. */
async function postOne<T>(server: VaultServer, path: string, body: Plain): Promise<T> {
  return taken<T>(server, "POST", path, await sent(server, "POST", path, body), body);
}

async function sent(server: VaultServer, method: "GET" | "POST", path: string, body?: Plain): Promise<HttpAnswer> {
  const headers = { "X-Vault-Request": "true", ...(body === undefined ? {} : { "Content-Type": "application/json" }) };
  return server.send({ method, path, headers, body: body === undefined ? undefined : JSON.stringify(body) }).catch((error: unknown) => {
    throw error instanceof HttpFailure ? notAnswered(server, error) : error;
  });
}

function taken<T>(server: VaultServer, method: "GET" | "POST", path: string, answer: HttpAnswer, body?: Plain): T {
  if (answer.status === 200 && isVaults(answer)) return answer.json as T;
  if (barred.has(answer.status) && isVaults(answer)) throw notVaults(server, path, answer, secretsIn(body));
  throw rejected({ method, path, where: server.title, secrets: secretsIn(body) }, answer);
}

const barred = new Set([401, 403, 404]);

/** These paths want no token, so it is not Vault that refuses them. */
function notVaults(server: VaultServer, path: string, answer: HttpAnswer, secrets: readonly string[]): Error {
  const words = wordsOf(answer, secrets);
  return failure(kinds.vaultGarbage, {
    what: `Something before Vault refuses ${path} (${server.title})`,
    why: `It answered ${answer.status}${words === "" ? "" : `: ${words}`}. Vault itself lets anyone ask this.`,
    fix: "Look at the proxies, Ingress rules and firewalls in between.",
  });
}

/** A pod that starts does not answer yet; that may come. */
function notAnswered(server: VaultServer, error: HttpFailure): Error {
  const said = unreachable(server.title, error);
  return error.code?.startsWith("TUNNEL") === true && error.reason === "unreachable" ? notYet(said.kind, { what: said.message, why: said.why, fix: `Look at pod ${server.name}.` }) : said;
}

function gone(name: string, site: VaultSite): never {
  throw notYet(kinds.vaultNotInstalled, { what: `There is no Vault server ${name} in ${site.title}`, fix: `Look: ${site.look}` });
}

/** Where only one address is known, behind which may be several servers, nothing can be done server by server. */
export function noNodes(address: string): NodesWriter {
  const refuse = () => Promise.reject(failure(kinds.oneNodeEach, {
    what: `init and unseal need the address of each Vault node, not only ${address}`,
    why: "A Service, load balancer or Ingress sends each request to any node: two nodes could each be initialised, and become two Vaults.",
    fix: "Give every node its own: --vault-node URL, once for each; or --vault-context where Vault runs in pods.",
  }));
  return { nodes: refuse, sealStatus: refuse, leader: refuse, init: refuse, unseal: refuse, resetUnseal: refuse, join: refuse };
}
