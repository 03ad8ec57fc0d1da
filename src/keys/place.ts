import path from "node:path";
import { tokenDocument } from "./documents.ts";
import { formerNames, type FormerNames } from "./former-names.ts";

/** The files of one Vault's keys: beside the key file, what is known of it, and what an init that is under way leaves. */
export interface KeyFiles {
  readonly keys: string;
  /** Which cluster and which Vault the keys belong to. */
  readonly origin: string;
  /** The token that took over from the root token. */
  readonly token: string;
  /** The mark of an init that is under way. */
  readonly underWay: string;
  /** Holds the answer of init until it is everywhere it belongs; its room is taken before Vault is asked. */
  readonly spool: string;
  /** Who initialises Vault, or writes beside the keys, now. */
  readonly lock: string;
  /** How earlier versions called them. */
  readonly former: FormerNames;
}

/**
 * A file beside a key file: init.json has init.json.token beside it, vault.prod has vault.prod.token. With the whole name of the key file in
 * front, no two key files share one, and none is called as a file of somebody else is.
 */
export const beside = (file: string, document: string): string => `${path.resolve(file)}.${document.replace(/\.json$/, "")}`;

/** The names of the files that belong to a key file. */
export const keyFiles = (file: string): KeyFiles => ({
  keys: path.resolve(file),
  origin: beside(file, "origin"),
  token: beside(file, tokenDocument),
  underWay: beside(file, "under-way"),
  spool: beside(file, "answer"),
  lock: beside(file, "lock"),
  former: formerNames(file),
});

/**
 * The folder for what the tool keeps: XDG_DATA_HOME or ~/.local/share, https://specifications.freedesktop.org/basedir-spec/. Undefined where
 * neither is known: keys are never put into the working folder.
 */
export function dataFolder(env: Readonly<Record<string, string | undefined>>, home: string | undefined): string | undefined {
  const data = env["XDG_DATA_HOME"];
  if (data !== undefined && path.isAbsolute(data)) return path.join(data, "vault-k8s");
  return home !== undefined && path.isAbsolute(home) ? path.join(home, ".local", "share", "vault-k8s") : undefined;
}

/** Where the keys of a cluster are by default. */
export const defaultKeyFile = (folder: string, cluster: string): string => path.join(folder, cluster, "init.json");
