import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { failure, kinds } from "../errors.ts";
import { parseAs, tokenDocument } from "./documents.ts";

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
}

const originShape = z.object({
  kubeSystemUid: z.string().optional(),
  namespace: z.string().optional(),
  context: z.string().optional(),
  vaultClusterId: z.string().optional(),
  keptIn: z.array(z.string()).optional(),
});
export type Origin = z.output<typeof originShape>;

/** A file beside a key file: init.json has origin.json beside it, prod.json has prod-origin.json. */
export function beside(file: string, name: string): string {
  const { dir, name: stem } = path.parse(path.resolve(file));
  return path.join(dir, stem === "init" ? name : `${stem}-${name}`);
}

/** The names of the files that belong to a key file. */
export function keyFiles(file: string): KeyFiles {
  const { dir, name } = path.parse(path.resolve(file));
  return {
    keys: path.resolve(file),
    origin: beside(file, "origin.json"),
    token: beside(file, tokenDocument),
    underWay: path.join(dir, `${name}-under-way.json`),
    spool: path.join(dir, `${name}-answer.json`),
  };
}

/** The folder for what the tool keeps: XDG_DATA_HOME or ~/.local/share, https://specifications.freedesktop.org/basedir-spec/. */
export function dataFolder(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const data = env["XDG_DATA_HOME"];
  return path.join(data !== undefined && path.isAbsolute(data) ? data : path.join(home, ".local", "share"), "vault-k8s");
}

/** Where the keys of a cluster are by default. */
export const defaultKeyFile = (folder: string, cluster: string): string => path.join(folder, cluster, "init.json");

/** The key file below `folder` that came from the cluster with this kube-system UID; undefined when there is none. */
export async function findByUid(folder: string, uid: string): Promise<string | undefined> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter((one) => one.isDirectory()).sort((a, b) => a.name.localeCompare(b.name))) {
    const file = path.join(folder, entry.name, "init.json");
    const origin = await readOrigin(keyFiles(file)).catch(() => undefined);
    if (uid !== "" && origin?.kubeSystemUid === uid) return file;
  }
  return undefined;
}

/** Undefined when there is none: a key file may have been made by hand. Throws VK1009 when it is broken. */
export async function readOrigin({ origin }: KeyFiles): Promise<Origin | undefined> {
  const text = await readFile(origin, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw failure(kinds.badInput, { what: `${origin} cannot be read`, why: error.code, fix: "Make it readable for you." });
  });
  return text === undefined ? undefined : parseAs(originShape, text, origin);
}
