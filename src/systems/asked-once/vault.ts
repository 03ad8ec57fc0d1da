import { createHash } from "node:crypto";
import type { NodesWriter, VaultWriter } from "../world.ts";
import { sameWords, type Ask, type Asked, type Kept } from "./kept.ts";
import type { SharedAnswers } from "./shared.ts";

/** What several runs have asked this Vault, as far as it is the same for all. */
export interface SharedVault extends SharedAnswers {
  /** Whether this run may take what others have asked. */
  readonly mayTake: () => boolean;
}

/**
 * Vault as one service, asked once. What the run's own token may do is kept. A login, what is read with its token, Vault's log and how a root
 * generation stands are not: each is of the moment.
 */
export function keptVault(client: VaultWriter, kept: Kept, shared?: SharedVault): Asked<VaultWriter> {
  const [taking, telling] = shared === undefined ? [client, client] : [sharing(client, shared, true), sharing(client, shared, false)];
  return { once: vault(taking, kept, kept.ask), anew: vault(telling, kept, kept.anew) };
}

/** @param takes whether an answer that another run got may do; what this one asks is for the others either way. */
function sharing(client: VaultWriter, { ask, anew, forget, mayTake }: SharedVault, takes: boolean): VaultWriter {
  const wrote = async <T>(path: string, work: Promise<T>): Promise<T> => work.finally(() => forget(path));
  return {
    ...client,
    get: (path) => (takes && mayTake() ? ask : anew)(path, () => client.get(path)),
    post: (path, body) => wrote(path, client.post(path, body)),
    postAs: (token, path, body) => wrote(path, client.postAs(token, path, body)),
    remove: (path) => wrote(path, client.remove(path)),
  };
}

// Every method stands here: a new one has to say what it is.
const vault = (client: VaultWriter, { write }: Kept, ask: Ask): VaultWriter => ({
  describe: () => client.describe(),
  get: (path) => ask(`vault get ${path}`, () => client.get(path)),
  facts: () => ask("vault health", () => client.facts()),
  capabilities: (paths, as) =>
    as === undefined ? ask(`vault may ${sameWords([...paths].sort())}`, () => client.capabilities(paths)) : client.capabilities(paths, as),
  login: (mount, role, jwt) => client.login(mount, role, jwt),
  // What a token is, is the same fact for all that ask in a look: what rests on it is asked after that.
  getAs: (token, path) =>
    path === "auth/token/lookup-self" ? ask(`vault token ${digest(token)}`, () => client.getAs(token, path)) : client.getAs(token, path),
  revoke: (token) => client.revoke(token),
  watchLog: (question) => client.watchLog(question),
  wayToRoot: (as) => client.wayToRoot(as),
  post: (path, body) => write(() => client.post(path, body)),
  postAs: (token, path, body) => write(() => client.postAs(token, path, body)),
  createOrphan: (as, request) => write(() => client.createOrphan(as, request)),
  handOver: (from, to) => write(() => client.handOver(from, to)),
  remove: (path) => write(() => client.remove(path)),
});

/** A token's place among the answers, without the token. */
const digest = (token: string): string => createHash("sha256").update(token).digest("base64");

/** Vault server by server, asked once. */
export function keptNodes(client: Asked<NodesWriter>, kept: Kept): Asked<NodesWriter> {
  return { once: nodes(client.once, kept, kept.ask), anew: nodes(client.anew, kept, kept.anew) };
}

const nodes = (client: NodesWriter, { write }: Kept, ask: Ask): NodesWriter => ({
  nodes: () => ask("nodes", () => client.nodes()),
  sealStatus: (node) => ask(`node ${node.name} seal`, () => client.sealStatus(node)),
  leader: (node) => ask(`node ${node.name} leader`, () => client.leader(node)),
  facts: (node) => ask(`node ${node.name} health`, () => client.facts(node)),
  certificate: (node) => ask(`node ${node.name} certificate`, () => client.certificate(node)),
  init: (node, request) => write(() => client.init(node, request)),
  unseal: (node, key) => write(() => client.unseal(node, key)),
  resetUnseal: (node) => write(() => client.resetUnseal(node)),
  join: (node, leaderAddress, leaderCa) => write(() => client.join(node, leaderAddress, leaderCa)),
});
