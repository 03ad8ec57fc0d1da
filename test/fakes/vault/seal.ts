import type { Answer } from "../wire/exchange.ts";
import { asList, asText, type JsonObject } from "../wire/json.ts";
import { bad, errors, raw } from "./answers.ts";
import type { NodeRequest, Route } from "./request.ts";
import { decoded } from "./share.ts";
import { activeNode, sealStatus } from "./status.ts";
import { Storage } from "./storage.ts";

/** What changes one node, by anyone: init, unseal, join. */
export const sealRoutes: readonly Route<NodeRequest>[] = [
  { method: "POST", path: /^sys\/init$/, handle: init },
  { method: "POST", path: /^sys\/unseal$/, handle: unseal },
  { method: "POST", path: /^sys\/storage\/raft\/join$/, handle: join },
];

function init({ node, body, around }: NodeRequest): Answer {
  const recovery = ["recovery_shares", "recovery_threshold", "recovery_pgp_keys"].filter((name) => body[name] !== undefined);
  if (recovery.length > 0) return bad(`parameters ${recovery.join(",")} not applicable to seal type shamir`);
  const shares = Number(body["secret_shares"] ?? 0);
  const threshold = Number(body["secret_threshold"] ?? 0);
  const wrong = wrongCounts(shares, threshold, asList(body["pgp_keys"]).length);
  if (wrong !== undefined) return bad(`invalid seal configuration: ${wrong}`);
  if (node.storage !== undefined) return bad("Vault is already initialized");
  const storage = new Storage(shares, threshold, around.profile.tokenPrefix);
  node.storage = storage;
  storage.peers.set(node.name, 0);
  const root = storage.issue({ displayName: "root", policies: ["root"], path: "auth/token/root" });
  return raw({ keys: [...storage.shares], keys_base64: storage.shares.map(hexToBase64), root_token: root.id });
}

function wrongCounts(shares: number, threshold: number, pgpKeys: number): string | undefined {
  if (!(shares >= 1)) return "shares must be at least one";
  if (!(threshold >= 1)) return "threshold must be at least one";
  if (shares > 255) return "shares must be less than 256";
  if (threshold > shares) return "threshold cannot be larger than shares";
  if (shares > 1 && threshold === 1) return "threshold must be greater than one for multiple shares";
  return pgpKeys > 0 && pgpKeys !== shares ? "count mismatch between number of provided PGP keys and number of shares" : undefined;
}

const hexToBase64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64");

function unseal(request: NodeRequest): Answer {
  const { node, body } = request;
  if (body["reset"] === true) return reset(request);
  const key = asText(body["key"]);
  if (key === "") return bad("'key' must be specified in request body as JSON, or 'reset' set to true");
  const share = decoded(key);
  if (share === undefined) return bad("'key' must be a valid hex or base64 string");
  if (node.storage === undefined) return bad("Vault is not initialized");
  if (!node.sealed) return raw(sealStatus(request));
  if (share.length < 32) return bad("invalid key: key is shorter than minimum 16 bytes");
  node.collect(share);
  return node.collected.length < node.storage.threshold ? raw(sealStatus(request)) : tryShares(request, node.storage);
}

function reset(request: NodeRequest): Answer {
  if (!request.node.sealed) return bad("vault is unsealed");
  request.node.forget();
  return raw(sealStatus(request));
}

let unseals = 0;

/** The next number of the order in which nodes became able to lead. */
export const nextTurn = (): number => ++unseals;

/** All shares together are right or wrong; which of them is wrong, Vault does not know either. */
function tryShares(request: NodeRequest, storage: Storage): Answer {
  const { node } = request;
  const right = node.collected.every((share) => storage.shares.includes(share));
  node.forget();
  if (!right) return bad(wrongShares);
  const { profile, stabilising } = request.around;
  if (node.joining) storage.peers.set(node.name, stabilising());
  // A server that was removed while it was away learns it from the others; OpenBao's stays alone for ever.
  else if (!storage.peers.has(node.name) && !profile.terse) {
    node.removed = true;
    return errors(500, "node was removed from a HA cluster");
  }
  node.joining = false;
  node.unsealedAt = nextTurn();
  return raw(sealStatus(request));
}

/** In Vault's words, as seen on 1.21. */
const wrongShares =
  "unable to retrieve stored keys: invalid key: failed to decrypt keys from storage: error decrypting seal wrapped value\nerror decrypting using seal shamir: cipher: message authentication failed";

const allDataMustGo =
  "node has been removed from the HA cluster. All vault data for this node must be cleaned up before it can be added back";

function join({ node, body, around }: NodeRequest): Answer {
  const joined = (answer: boolean): Answer => raw({ joined: answer } satisfies JsonObject);
  if (node.removed) return errors(500, allDataMustGo);
  if (node.storage !== undefined) return joined(true);
  const address = asText(body["leader_api_addr"]);
  const leader = around.nodes.find((other) => sameServer(other.url, around.names.dial(address)));
  if (leader?.storage === undefined || activeNode({ node: leader, around }) === undefined)
    return errors(500, "failed to join raft cluster: failed to get raft challenge");
  node.storage = leader.storage;
  node.joining = true;
  return joined(body["retry"] !== true);
}

function sameServer(url: string, { host, port }: { host: string; port: number }): boolean {
  const { hostname, port: served } = new URL(url);
  return hostname === host && Number(served) === port;
}
