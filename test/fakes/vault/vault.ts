import type { Answer, Ask } from "../wire/exchange.ts";
import type { Line } from "../wire/line.ts";
import { Names } from "../wire/names.ts";
import { serve, type Served } from "../wire/serve.ts";
import type { Certificate } from "../tls/certificates.ts";
import { errors } from "./answers.ts";
import { dispatch, tokenIn } from "./dispatch.ts";
import { VaultNode } from "./node.ts";
import { activeNode } from "./status.ts";
import { profiles, type Profile } from "./profile.ts";
import { bodyOf, methodOf, type Surroundings } from "./request.ts";
import { Storage } from "./storage.ts";

export interface FakeVaultOptions {
  readonly line: Line;
  readonly names?: Names;
  /** Names of the nodes; `vault-0` and so on by default. */
  readonly nodes?: readonly string[];
  readonly tls?: Certificate;
  readonly upgradeRequests?: number;
  readonly podCredentials?: Surroundings["podCredentials"];
  /** Which server it plays: Vault 1.21 by default. */
  readonly profile?: Profile;
}

/** A Vault of several nodes in memory: each a real HTTP server, initialised and unsealed by nobody yet. */
export class FakeVault {
  readonly names: Names;
  readonly nodes: readonly VaultNode[];
  /** How many questions about the raft a server that has joined has no vote for. */
  stabilising = 0;
  readonly #around: Surroundings;
  readonly #line: Line;
  readonly #tls: Certificate | undefined;
  #served: Served[] = [];

  constructor({
    line,
    names = new Names(),
    nodes = ["vault-0", "vault-1", "vault-2"],
    tls,
    upgradeRequests = 1,
    podCredentials = () => undefined,
    profile = profiles["vault-1.21"],
  }: FakeVaultOptions) {
    this.names = names;
    this.#line = line;
    this.#tls = tls;
    const scheme = tls === undefined ? "http" : "https";
    this.nodes = nodes.map((name) => new VaultNode(name, `${scheme}://${name}.vault-internal:8200`, profile.version));
    const stabilising = (): number => this.stabilising;
    this.#around = { nodes: this.nodes, names, podCredentials, upgradeRequests, profile, stabilising };
  }

  async start(): Promise<this> {
    this.#served = await Promise.all(this.nodes.map((node) => this.#serve(node)));
    return this;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#served.map((served) => served.stop()));
  }

  node(name: string): VaultNode {
    const found = this.nodes.find((node) => node.name === name);
    if (found === undefined) throw new Error(`no node ${name}`);
    return found;
  }

  /** The storage of the first node that has one. */
  get storage(): Storage {
    const found = this.nodes.find((node) => node.storage !== undefined)?.storage;
    if (found === undefined) throw new Error("no node is initialised");
    return found;
  }

  /** Initialises and unseals every node, for tests that are not about that. */
  ready(): this {
    const storage = new Storage(5, 3, this.#around.profile.tokenPrefix);
    storage.issue({ displayName: "root", policies: ["root"], path: "auth/token/root" });
    this.nodes.forEach((node, index) => {
      Object.assign(node, { storage, unsealedAt: index + 1 });
      storage.peers.set(node.name, 0);
    });
    return this;
  }

  /** Everything as it is now, to be put back later. */
  save(): () => void {
    const saved = structuredClone(this.nodes.map(stateOf));
    return () => {
      const states = structuredClone(saved);
      const made = new Map(
        states.map(({ storage }) => [storage, storage && Object.assign(Object.create(Storage.prototype) as Storage, storage)]),
      );
      this.nodes.forEach((node, index) => Object.assign(node, states[index], { storage: made.get(states[index]!.storage) }));
    };
  }

  /** The node that leads now. */
  get active(): VaultNode | undefined {
    const [node] = this.nodes.filter(({ storage, sealed }) => storage !== undefined && !sealed);
    return node && activeNode({ node, around: this });
  }

  /** Has a node lead. */
  lead(name: string): void {
    this.node(name).unsealedAt = 0;
  }

  /** Address of the active node. */
  get url(): string {
    const [active] = this.nodes.filter((node) => !node.sealed).sort((one, other) => (one.unsealedAt ?? 0) - (other.unsealedAt ?? 0));
    return (active ?? this.nodes[0]!).url;
  }

  async #serve(node: VaultNode): Promise<Served> {
    const served = await serve({
      name: `vault ${node.name}`,
      line: this.#line,
      tls: this.#tls,
      identify: (ask) => identify(node, ask),
      answer: (ask) => this.#answer(node, ask),
    });
    node.url = served.url;
    for (const name of [node.name, `${node.name}.vault-internal`]) this.names.set(name, () => node.url);
    return served;
  }

  async #answer(node: VaultNode, ask: Ask): Promise<Answer> {
    const clean = ask.path.replaceAll(/\/{2,}/g, "/");
    if (clean !== ask.path) return { status: 307, headers: { location: clean } };
    if (!ask.path.startsWith("/v1/")) return { status: 404, text: "404 page not found\n" };
    const request = {
      method: methodOf(ask),
      path: ask.path.slice("/v1/".length),
      query: ask.query,
      body: bodyOf(ask),
      node,
      around: this.#around,
    };
    return (await dispatch(request, tokenIn(ask))) ?? errors(405, "unsupported operation");
  }
}

const stateOf = ({ storage, unsealedAt, collected, nonce, rootAttempt, pod, volume, joining, removed, restarts }: VaultNode) => ({
  storage,
  unsealedAt,
  collected,
  nonce,
  rootAttempt,
  pod,
  volume,
  joining,
  removed,
  restarts,
});

function identify(node: VaultNode, ask: Ask): string {
  const id = tokenIn(ask);
  if (id === undefined) return "nobody";
  const { tokens, issued = [] } = node.storage ?? {};
  return tokens?.get(id)?.displayName ?? (issued.includes(id) ? "a token that is no more" : "unknown token");
}
