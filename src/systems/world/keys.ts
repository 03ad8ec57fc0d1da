import type { Holder } from "../../core/holder.ts";

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
  /** Whether the request may have left: before that, nothing can be lost. */
  readonly sent: boolean;
  /** What the pods and volumes were when it was begun, as it was given to `prepare`. */
  readonly seen: Readonly<Record<string, string>> | undefined;
}

/** What runs know of root generations that they have not seen to their end. Nothing of it is secret. */
export interface RootRecord {
  /** The run that wrote it. */
  readonly by?: Holder | undefined;
  /** Of the generation that was begun, and may be under way. */
  readonly nonce?: string | undefined;
  /** Root tokens that may be valid. */
  readonly tokens: readonly RootTrace[];
}

/** A root token that was made, or may have been. */
export interface RootTrace {
  /** When, by Vault's clock in seconds since 1970: not before `from`, not after `until`. */
  readonly from: number;
  readonly until: number;
  /** Once it is known. */
  readonly accessor?: string | undefined;
}

export interface KeysReader {
  /** Where the keys are or would be, for people. */
  describe(): string;
  /**
   * What a person should know of the places before keys are made. Throws VK1501 where there are keys already, VK1509 where nothing that
   * goes there can be read back.
   */
  plan(): Promise<readonly string[]>;
  /** Undefined when there are none. With one holder for each share, the shares are those that could be read. Throws VK1009 when they are broken or another Vault's, VK1504 when they cannot be read from here. */
  read(): Promise<Keys | undefined>;
  /** The token that took over from the root token, from the same custody; undefined when there is none. Throws VK1009. */
  token(): Promise<string | undefined>;
  /** Undefined where no root generation of ours is left to see to. Throws VK1009. */
  rootRecord(): Promise<RootRecord | undefined>;
  /** An init of this Vault was sent, and its answer never reached any place of ours. Throws VK1513 while another run may go on with it. */
  initWasLost(): Promise<boolean>;
  /** An init of this Vault was begun, and its keys are not proven, or not yet everywhere they belong. Throws VK1513 as above. */
  underWay(): Promise<InitUnderWay | undefined>;
  /** cluster_id of the Vault that the keys belong to, once it was learned; undefined where they are of another Vault than this run is about. */
  vaultClusterId(): Promise<string | undefined>;
  /** The engines that this Vault had when it was initialised, path to type; undefined where that was not noted. */
  freshEngines(): Promise<Readonly<Record<string, string>> | undefined>;
}

export interface KeysWriter extends KeysReader {
  /** Works while no other run writes beside these keys. Throws VK1513 with who does. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Proves every place, takes room for an answer of so many bytes, and leaves a mark that an init of the node is begun. No other run is let in
   * from the first proof on, until it is settled or abandoned. Throws VK1501, VK1502, VK1509, VK1513.
   */
  prepare(init: {
    readonly node: string;
    readonly bytes: number;
    readonly seen?: Readonly<Record<string, string>> | undefined;
  }): Promise<void>;
  /** Says in the mark that the request leaves. Throws VK1513 where another run has taken over. */
  sending(): Promise<void>;
  /** Keeps the keys in every place, each synced and read back. Throws VK1512 when some place did not take them, VK1503 when none did. */
  keep(keys: Keys): Promise<void>;
  /** Brings what an interrupted run left to every place. Throws VK1512. */
  complete(): Promise<void>;
  /** Takes the mark away: the keys are proven, or cannot be proven here. */
  settled(): Promise<void>;
  /** Keeps the token that takes over from the root token where the keys are, read back. An earlier one is replaced. Throws VK1502, VK1509. */
  keepToken(token: string): Promise<void>;
  /** Keeps it where the keys are, in the place of an earlier one; an empty one is taken away. Throws VK1502. */
  keepRootRecord(record: RootRecord): Promise<void>;
  /** Keeps the cluster_id that an unsealed pod told, beside the keys. */
  learnVaultClusterId(id: string): Promise<void>;
  /** Keeps which engines a Vault has that was just initialised, beside the keys. */
  learnFreshEngines(engines: Readonly<Record<string, string>>): Promise<void>;
  /** Takes away what this run left, or one before it that ended, after an init that surely did not happen. Nothing of another run. */
  abandon(): Promise<void>;
}

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
