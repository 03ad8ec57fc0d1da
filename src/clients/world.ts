/**
 * What steps may ask of the world (`Readers`) and do to it (`Writers`). Resources and checks know these types only; how a
 * request travels is known to the clients alone. A reader has no method that changes what is stored; proofs (a login, a TokenRequest,
 * a TokenReview, an access review) count as reading.
 */
import type { Plain } from "../core/compare.ts";

export interface Readers {
  readonly where: Where;
  /** The cluster that is being wired. */
  readonly kube: KubeReader;
  /** The cluster in whose pods Vault runs; undefined where Vault is only an address. */
  readonly vaultKube: KubeReader | undefined;
  readonly vault: VaultReader;
  readonly nodes: NodesReader;
  readonly helm: HelmReader;
  readonly keys: KeysReader;
  readonly proofs: Proofs;
}

export interface Writers extends Readers {
  readonly kube: KubeWriter;
  readonly vault: VaultWriter;
  readonly nodes: NodesWriter;
  readonly helm: HelmWriter;
  readonly keys: KeysWriter;
  /** Undefined where nobody can be asked. */
  readonly holders: KeyHolders | undefined;
}

/** Which Vault and which cluster a run is about; see "Which Vault" in docs/concepts.md. */
export interface Where {
  /** `cluster`: Vault's pods run in the cluster that is wired; `other-cluster`: in another one; `address`: at an address. */
  readonly vaultIs: "cluster" | "other-cluster" | "address";
  /** The address at which pods of the wired cluster reach Vault. Throws VK1214 when there is none (yet). */
  consumerAddress(): Promise<string>;
  /** PEM of the CA that Vault's certificate is signed by; undefined for plain http or a public certificate. */
  readonly vaultCa: string | undefined;
}

// ---------------------------------------------------------------- Kubernetes

export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Left out for kinds that have no namespace. */
  readonly namespace?: string | undefined;
}

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly { readonly manager?: string; readonly operation?: string; readonly fieldsV1?: Plain }[];
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly uid: string }[];
  };
  readonly [field: string]: unknown;
}

export interface AccessQuestion {
  readonly verb: string;
  readonly resource: string;
  readonly group?: string | undefined;
  readonly subresource?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

export interface KubeReader {
  /** Context of the kubeconfig. */
  readonly context: string;
  /** Address of the API server in the kubeconfig. */
  readonly server: string;
  /** GET; undefined when it does not exist. Throws NotYet VK1108 when the kind itself is not served. */
  get(ref: ObjectRef): Promise<KubeObject | undefined>;
  list(what: {
    apiVersion: string;
    kind: string;
    namespace?: string | undefined;
    labelSelector?: string | undefined;
    fieldSelector?: string | undefined;
  }): Promise<KubeObject[]>;
  /** The server's version, and the API versions that it serves ("apps/v1"). */
  served(): Promise<{ readonly version: string; readonly apis: readonly string[] }>;
  /** UID of namespace kube-system: what tells one cluster from another. Asked once. */
  clusterUid(): Promise<string>;
  /** TokenRequest: a short-lived token of a service account. A proof. */
  serviceAccountToken(account: { namespace: string; name: string }, audiences: readonly string[], seconds: number): Promise<string>;
  /** SelfSubjectAccessReview. A proof. */
  canI(question: AccessQuestion): Promise<boolean>;
  /** SubjectAccessReview: the same for a service account. A proof. */
  mayAccount(account: { namespace: string; name: string }, question: AccessQuestion): Promise<boolean>;
  /** The real call, as a dry run that stores nothing; undefined where there is none for the verb. A proof. */
  reallyMay(question: AccessQuestion): Promise<boolean | undefined>;
  /** Who the API server takes the user for. SelfSubjectReview, Kubernetes 1.28 and newer; undefined before. A proof. */
  whoAmI(): Promise<string | undefined>;
  /** The last lines of a container's log, at most one MiB. */
  podLog(of: { namespace: string; name: string; container: string; lines: number }): Promise<string>;
  /** Its version, e.g. "v1.34.4", and its clock. */
  serverFacts(): Promise<ServerFacts>;
  /**
   * Runs a pod to its end and takes it away again, whatever happens. It is the one proof that stores something meanwhile: only where the
   * user asked for it.
   */
  runPod(pod: KubeObject, withinMs: number): Promise<PodOutcome>;
}

export interface ServerFacts {
  readonly version: string;
  /** The server's clock less this machine's, in milliseconds; good to about a second. Undefined where it does not say. */
  readonly clockAheadMs: number | undefined;
}

export interface PodOutcome {
  /** Left out when it did not come to an end in time. */
  readonly exitCode?: number | undefined;
  /** Its termination message, or why it did not start. */
  readonly message: string;
}

export interface KubeWriter extends KubeReader {
  /** Server-side apply as field manager vault-k8s. Takes back what was changed by hand with kubectl; never what another tool applies (VK1401). */
  apply(object: KubeObject): Promise<KubeObject>;
  /** Server-side apply with dryRun=All: admission and validation run, nothing is stored. Webhook failures are thrown at once (VK1603), not retried. */
  dryRun(object: KubeObject): Promise<void>;
  /** Merge patch, e.g. of one annotation. */
  patch(ref: ObjectRef, patch: Plain): Promise<KubeObject>;
  /** DELETE; silent when it does not exist. `orphan`: what it owns stays, without an owner. */
  remove(ref: ObjectRef, how?: { readonly orphan?: boolean }): Promise<void>;
}

// ---------------------------------------------------------------- Vault, as a service

export interface VaultAnswer {
  /** The `data` of Vault's envelope, or the whole body where there is no envelope. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
}

export interface VaultLogin {
  readonly token: string;
  readonly policies: readonly string[];
}

export interface VaultReader {
  /** How it is reached, for people: an address, or "pod vault/vault-0 of context eks-prod". */
  describe(): string;
  /** GET with the run's token; undefined on 404. Paths have no /v1/ and no leading slash. Throws NotYet while Vault is not there, not initialised or sealed. */
  get(path: string): Promise<VaultAnswer | undefined>;
  /** sys/capabilities-self: path to capabilities, of the run's token or of `as`. A proof. */
  capabilities(paths: readonly string[], as?: string): Promise<Readonly<Record<string, readonly string[]>>>;
  /** auth/<mount>/login without the run's token. A proof; revoke what it gives. Throws CliError with Vault's reason. */
  login(mount: string, role: string, jwt: string): Promise<VaultLogin>;
  /** GET with a login's token. `denied` on 403. A proof. */
  getAs(
    token: string,
    path: string,
  ): Promise<
    | { readonly kind: "found"; readonly answer: VaultAnswer }
    | { readonly kind: "absent" }
    | { readonly kind: "denied"; readonly reason: string }
  >;
  /** auth/token/revoke-self with a login's token. */
  revoke(token: string): Promise<void>;
  /** What the active server logs at debug level while something is done, whatever level it writes itself. Needs `read` on sys/monitor. A proof. */
  watchLog(question: LogQuestion): Promise<LogAnswer>;
}

export interface LogQuestion {
  /** Only lines that hold this are kept: the log tells of everybody. */
  readonly keep: string;
  /** Secrets that must not stand in a line. */
  readonly hide: readonly string[];
  readonly during: () => Promise<void>;
}

export type LogAnswer =
  | { readonly kind: "heard"; readonly lines: readonly string[] }
  | { readonly kind: "denied" | "not-heard"; readonly reason: string };

export interface VaultWriter extends VaultReader {
  post(path: string, body: Plain): Promise<VaultAnswer>;
  /** POST with another token than the run's. */
  postAs(token: string, path: string, body: Plain): Promise<VaultAnswer>;
  /** auth/token/create-orphan with `as`, or with the run's token: a token that outlives the one that made it. */
  createOrphan(as: string | undefined, request: Plain): Promise<string>;
  /** Where `from` is the run's token, `to` is from now on. */
  handOver(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}

// ---------------------------------------------------------------- Vault, node by node

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

// ---------------------------------------------------------------- Helm

export interface HelmRelease {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  readonly status: string;
  /** Chart and version as helm prints them, e.g. "vault-0.34.1". */
  readonly chart: string;
  readonly appVersion: string;
  /** The values that the user set, without the chart's defaults. */
  readonly values: Readonly<Record<string, Plain | undefined>>;
  /** Labels of the release (helm install --labels); ours say so. */
  readonly labels: Readonly<Record<string, string>>;
}

interface HelmReader {
  /** As helm says it, e.g. "v4.1.0". Throws VK1301, VK1302. */
  version(): Promise<string>;
  /** Undefined when there is no such release. Throws VK1301, VK1302. */
  release(namespace: string, name: string): Promise<HelmRelease | undefined>;
  /** The manifest of a release's newest revision, as YAML documents, without hooks. */
  manifest(namespace: string, name: string): Promise<string>;
  /** The values of a request in one piece: its own, those of the files, and the single ones. No cluster is asked. Throws VK1305. */
  values(request: Omit<HelmRequest, "labels">): Promise<Plain>;
  /** What the request would install here, as YAML documents, without hooks. Nothing is written. Throws VK1303 to VK1305. */
  render(request: RenderRequest): Promise<string>;
}

export interface ChartRef {
  /** A name in `repo`, an oci:// reference, a folder or an archive. */
  readonly chart: string;
  readonly repo?: string | undefined;
  readonly version?: string | undefined;
}

export interface HelmRequest {
  readonly namespace: string;
  readonly name: string;
  readonly chart: ChartRef;
  /** Our values; later files and sets win over them. */
  readonly values: Readonly<Record<string, Plain | undefined>>;
  readonly valuesFiles: readonly string[];
  readonly sets: readonly string[];
  /** Labels of the release, e.g. that it is ours. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface RenderRequest extends Omit<HelmRequest, "labels"> {
  /** Whether the release is there already: charts may ask. */
  readonly upgrade: boolean;
  /** With hooks and definitions of custom resources: all that helm would send. */
  readonly whole?: boolean;
}

export interface HelmWriter extends HelmReader {
  /** helm upgrade --install, without --wait, with the request's labels, values by standard input. Throws VK1303 to VK1305. */
  install(request: HelmRequest): Promise<void>;
  /** helm uninstall, without --wait; silent when there is no such release. Throws VK1304. */
  uninstall(namespace: string, name: string): Promise<void>;
}

// ---------------------------------------------------------------- Keys in custody

/** What stands in the key file: shaped like `vault operator init -format=json`. */
export interface Keys {
  readonly unseal_keys_b64: readonly string[];
  readonly unseal_keys_hex: readonly string[];
  readonly unseal_shares: number;
  readonly unseal_threshold: number;
  readonly recovery_keys_b64: readonly string[];
  readonly recovery_keys_hex: readonly string[];
  readonly recovery_keys_shares: number;
  readonly recovery_keys_threshold: number;
  readonly root_token: string;
}

/** An init that was begun and not brought to its end. */
export interface InitUnderWay {
  /** The node that was asked, where that is known. */
  readonly node: string | undefined;
  /** RFC 3339. */
  readonly since: string | undefined;
}

export interface KeysReader {
  /** Where the keys are or would be, for people. */
  describe(): string;
  /**
   * What a person should know of the places before keys are made. Throws VK1501 where there are keys already, VK1509 where nothing that
   * goes there can be read back.
   */
  plan(): Promise<readonly string[]>;
  /** Undefined when there are none. With one holder for each share, the shares are those that could be read. Throws VK1009 when they are broken, VK1504 when they cannot be read from here. */
  read(): Promise<Keys | undefined>;
  /** The token that took over from the root token, from the same custody; undefined when there is none. Throws VK1009. */
  token(): Promise<string | undefined>;
  /** An init was begun, and its answer never reached any place of ours. */
  initWasLost(): Promise<boolean>;
  /** An init was begun, and its keys are not proven, or not yet everywhere they belong. */
  underWay(): Promise<InitUnderWay | undefined>;
  /** cluster_id of the Vault that the keys belong to, once it was learned. */
  vaultClusterId(): Promise<string | undefined>;
}

export interface KeysWriter extends KeysReader {
  /** Proves every place, takes room for an answer of so many bytes, and leaves a mark that an init of the node is under way. Throws VK1501, VK1502, VK1509, VK1513. */
  prepare(init: { readonly node: string; readonly bytes: number }): Promise<void>;
  /** Keeps the keys in every place, each synced and read back. Throws VK1512 when some place did not take them, VK1503 when none did. */
  keep(keys: Keys): Promise<void>;
  /** Brings what an interrupted run left to every place. Throws VK1512. */
  complete(): Promise<void>;
  /** Takes the mark away: the keys are proven, or cannot be proven here. */
  settled(): Promise<void>;
  /** Keeps the token that takes over from the root token where the keys are, read back. An earlier one is replaced. Throws VK1502, VK1509. */
  keepToken(token: string): Promise<void>;
  /** Keeps the cluster_id that an unsealed pod told, beside the keys. */
  learnVaultClusterId(id: string): Promise<void>;
  /** Takes the mark away after an init that surely did not happen. */
  abandon(): Promise<void>;
}

// ---------------------------------------------------------------- People who hold unseal keys

/** People who give unseal keys during the run. What they give is sent to Vault and kept nowhere. */
export interface KeyHolders {
  /** The next key, as it was given; undefined when nobody gives one. `progress` is for people, e.g. "vault-0: 1 of 3". */
  next(progress: string): Promise<string | undefined>;
  /** They are asked even where keys are in custody. */
  readonly insist: boolean;
  /** Whether another key can be asked for after one that does not fit; from a pipe it cannot. */
  readonly askAgain: boolean;
  /** Tells the person why what they gave is not taken. */
  refuse(why: string): void;
}

// ---------------------------------------------------------------- Proofs from here

export interface Proofs {
  /**
   * A TLS handshake and a TokenReview as Vault would do them: to `host`, trusting only `ca`, with `reviewerToken`.
   * `connectTo` is the address to dial where `host` is a name of the inside of the cluster.
   */
  review(question: {
    host: string;
    connectTo?: string | undefined;
    ca: string;
    reviewerToken: string;
    token: string;
    audiences: readonly string[];
  }): Promise<ReviewResult>;
}

export type ReviewResult =
  | { readonly kind: "authenticated"; readonly username: string }
  | { readonly kind: "not-authenticated"; readonly reason: string }
  | { readonly kind: "reviewer-refused"; readonly reason: string }
  | { readonly kind: "untrusted"; readonly reason: string }
  | { readonly kind: "unreachable"; readonly reason: string };
