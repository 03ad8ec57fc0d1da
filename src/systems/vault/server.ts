import type { Duplex } from "node:stream";
import type { HttpAnswer } from "../http/http.ts";
import type { OpenAnswer } from "../http/stream.ts";
import type { ServedCertificate } from "../world.ts";

export interface VaultRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** Encoded, with the query, without /v1/. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Its answer is given once: it is waited for longer, and an interrupt does not break it off. */
  readonly toItsEnd?: boolean | undefined;
}

/** One Vault server that can be asked by itself. */
export interface VaultServer {
  /** Pod name, or address. */
  readonly name: string;
  /** For people: an address, or "pod vault/vault-0 of context eks-prod". */
  readonly title: string;
  /** Whether it is a pod, whose CA is what its pods mount unless another one is named. */
  readonly isPod: boolean;
  /** Address at which other nodes reach it. */
  readonly peerAddress: string;
  readonly phase: string;
  /** What its labels say; they lag behind. */
  readonly saysActive: boolean;
  /** cluster_id, where it told that when it was chosen. */
  readonly clusterId?: string | undefined;
  /** Any status is an answer. Throws HttpFailure. */
  send(request: VaultRequest): Promise<HttpAnswer>;
  /** The same for an answer that goes on, such as a log; on a connection of its own. Throws HttpFailure. */
  open(request: VaultRequest): Promise<OpenAnswer>;
  /** A connection to it through a port-forward, without TLS of ours; left out where it is reached at an address. Throws as openTunnel does. */
  readonly tunnel?: (() => Promise<Duplex>) | undefined;
  /** Told how many requests will come at once after the first; asked when that is on its way. Left out where nothing has to be opened for them. */
  readonly expect?: ((count: () => number) => void) | undefined;
  /** What it shows in a handshake, trusted or not; undefined for plain http. */
  certificate(): Promise<ServedCertificate | undefined>;
}

/** All servers of one Vault. */
export interface VaultSite {
  /** For people. */
  readonly title: string;
  /** How to look at it, for the fix of an error. */
  readonly look: string;
  /** Sorted by name. `anew`: asked past what a look keeps. */
  servers(how?: { readonly anew: boolean }): Promise<VaultServer[]>;
}

/** A way to Vault as one service. */
export interface VaultRoute {
  describe(): string;
  /** The server that answers for all. Throws NotYet VK1202, VK1206, VK1207, VK1211. */
  server(): Promise<VaultServer>;
  /** Forgets which server that was; false where there is nothing to choose. */
  chooseAgain(): boolean;
}
