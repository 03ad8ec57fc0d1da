import type { Plain } from "../../core/compare.ts";
import type { ServerFacts } from "./kube.ts";
import type { WayToRoot } from "./root-generation.ts";

export interface VaultAnswer {
  /** The `data` of Vault's envelope, or the whole body where there is no envelope. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
}

export interface VaultLogin {
  readonly token: string;
  readonly policies: readonly string[];
}

/** A token that was made, and what Vault has to say of it. */
export interface MadeToken {
  readonly token: string;
  readonly warnings: readonly string[];
}

export interface VaultReader {
  /** How it is reached, for people: an address, or "pod vault/vault-0 of context eks-prod". */
  describe(): string;
  /** GET with the run's token; undefined on 404. Paths have no /v1/ and no leading slash. Throws NotYet while Vault is not there, not initialised or sealed. */
  get(path: string): Promise<VaultAnswer | undefined>;
  /** sys/health of the server that answers: its version and its clock. */
  facts(): Promise<ServerFacts>;
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
  createOrphan(as: string | undefined, request: Plain): Promise<MadeToken>;
  /** Where root can be generated, with `as` or the run's token, or without one where the run has none. */
  wayToRoot(as?: string): Promise<WayToRoot>;
  /** Where `from` is the run's token, `to` is from now on. */
  handOver(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}
