import type { ServerFacts } from "./kube.ts";

export interface VaultNode {
  /** Pod name, or the address where nodes were given as addresses. */
  readonly name: string;
  /** Address at which the other nodes reach it: scheme://host:port. */
  readonly peerAddress: string;
  /** Pod phase; "Running" for addresses. */
  readonly phase: string;
}

/** sys/seal-status of one node. Documented at Vault's API docs, /sys/seal-status. */
export interface SealStatus {
  readonly type: string;
  readonly initialized: boolean;
  readonly sealed: boolean;
  readonly t: number;
  readonly n: number;
  readonly progress: number;
  /** Of the keys that it has got so far: another one, where they were begun anew. */
  readonly nonce?: string;
  readonly version: string;
  readonly recovery_seal?: boolean;
  readonly storage_type?: string;
  readonly cluster_name?: string;
  readonly cluster_id?: string;
  readonly removed_from_cluster?: boolean;
}

export interface LeaderStatus {
  readonly ha_enabled: boolean;
  readonly is_self: boolean;
  readonly leader_address: string;
}

export interface NodesReader {
  /** All nodes, sorted by name; empty when Vault is not installed. Throws VK1212 when only one shared address is known. */
  nodes(): Promise<VaultNode[]>;
  sealStatus(node: VaultNode): Promise<SealStatus>;
  leader(node: VaultNode): Promise<LeaderStatus>;
  /** sys/health of one node: its version and its clock. */
  facts(node: VaultNode): Promise<ServerFacts>;
  /** The certificate that the node shows, trusted or not; undefined for plain http, and where there is no handshake. */
  certificate(node: VaultNode): Promise<ServedCertificate | undefined>;
}

export interface ServedCertificate {
  readonly subject: string;
  readonly issuer: string;
  readonly notAfter: Date;
  readonly pem: string;
  /** Its chain ends at an authority that browsers trust, as the images of operators do. */
  readonly ofPublicAuthority: boolean;
}

/** The body of sys/init. PGP keys are base64 of the binary public key. */
export interface InitRequest {
  readonly secret_shares?: number;
  readonly secret_threshold?: number;
  readonly pgp_keys?: readonly string[];
  readonly root_token_pgp_key?: string;
  readonly recovery_shares?: number;
  readonly recovery_threshold?: number;
  readonly recovery_pgp_keys?: readonly string[];
}

/** The answer of sys/init, given once. */
export interface InitAnswer {
  readonly keys: readonly string[];
  readonly keys_base64: readonly string[];
  readonly recovery_keys?: readonly string[];
  readonly recovery_keys_base64?: readonly string[];
  readonly root_token: string;
}

export interface NodesWriter extends NodesReader {
  init(node: VaultNode, request: InitRequest): Promise<InitAnswer>;
  unseal(node: VaultNode, key: string): Promise<SealStatus>;
  /** Throws away the shares that the node has collected so far. */
  resetUnseal(node: VaultNode): Promise<SealStatus>;
  /** sys/storage/raft/join on `node`. */
  join(node: VaultNode, leaderAddress: string, leaderCa: string | undefined): Promise<void>;
}
