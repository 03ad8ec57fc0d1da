import { milliseconds } from "../../core/duration.ts";
import type { Settings } from "../fields.ts";
import { parseHolder, splitSecretName, type HolderSpec } from "../key-locations.ts";

/** The unseal keys: how many, and where they go and come from. */
export interface KeysSpec {
  readonly shares: number;
  /** How many of them unseal. */
  readonly threshold: number;
  /** Files of PGP keys, one for each share. */
  readonly pgpKeys: readonly string[];
  readonly rootTokenPgpKey: string | undefined;
  /** The key file, where it is named. */
  readonly file: string | undefined;
  readonly age: { readonly recipients: readonly string[]; readonly identity: string | undefined };
  /** Takes the keys on its standard input. */
  readonly command: string | undefined;
  /** Gives them back. */
  readonly readCommand: string | undefined;
  /** How long either may take, in milliseconds. */
  readonly commandTimeoutMs: number;
  readonly kubernetesSecret: { readonly namespace: string; readonly name: string } | undefined;
  /** They are printed. */
  readonly stdout: boolean;
  /** Each gets one share. */
  readonly holders: readonly HolderSpec[];
  /** A place that cannot be read back will do. */
  readonly acceptUnproven: boolean;
  /** A lock of these keys is taken over of which nobody can tell whether its holder still runs. */
  readonly takeOver: boolean;
}

export const keysOf = (settings: Settings): KeysSpec => ({
  shares: settings.keyShares,
  threshold: settings.keyThreshold,
  pgpKeys: settings.pgpKeys,
  rootTokenPgpKey: settings.rootTokenPgpKey,
  file: settings.initFile,
  age: { recipients: settings.keysAgeRecipients, identity: settings.keysAgeIdentity },
  command: settings.keysCommand,
  readCommand: settings.keysReadCommand,
  commandTimeoutMs: milliseconds(settings.keysCommandTimeout),
  kubernetesSecret: settings.keysKubernetesSecret === undefined ? undefined : splitSecretName(settings.keysKubernetesSecret),
  stdout: settings.keysStdout,
  holders: settings.keysHolders.map(parseHolder),
  acceptUnproven: settings.acceptUnproven,
  takeOver: settings.takeOver,
});
