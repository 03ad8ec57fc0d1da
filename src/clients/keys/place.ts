import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { failure, kinds } from "../../errors.ts";

/** The files of one Vault's keys: beside the key file, where it comes from, and the mark of an init that is under way. */
export interface KeyFiles {
  readonly keys: string;
  readonly origin: string;
  /** The token that took over from the root token. */
  readonly token: string;
  readonly underWay: string;
}

const originShape = z.object({
  kubeSystemUid: z.string().optional(),
  namespace: z.string().optional(),
  context: z.string().optional(),
  vaultClusterId: z.string().optional(),
});
export type Origin = z.output<typeof originShape>;

/** The names beside a key file: init.json has origin.json, token.json and init-under-way.json; prod.json has prod-origin.json and so on. */
export function keyFiles(file: string): KeyFiles {
  const { dir, name } = path.parse(path.resolve(file));
  const beside = (what: string): string => path.join(dir, name === "init" ? `${what}.json` : `${name}-${what}.json`);
  return { keys: path.resolve(file), origin: beside("origin"), token: beside("token"), underWay: path.join(dir, `${name}-under-way.json`) };
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
    if (error.code === "ENOENT") return undefined;
    throw failure(kinds.badInput, { what: `${origin} cannot be read`, why: error.code, fix: "Make it readable for you." });
  });
  return text === undefined ? undefined : parseAs(originShape, text, origin);
}

/** Text of a JSON file in a given shape. Throws VK1009 naming the file, never what is in it. */
export function parseAs<T extends z.ZodType>(shape: T, text: string, file: string): z.output<T> {
  const wrong = (why: string) =>
    failure(kinds.badInput, {
      what: `${file} is not what it should be`,
      why,
      fix: "Bring back the file as it was written, or name another with --init-file.",
    });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw wrong("It is not JSON.");
  }
  const result = shape.safeParse(json);
  if (result.success) return result.data;
  throw wrong(`Its field ${result.error.issues[0]?.path.join(".") || "(the whole)"} is missing or of another kind.`);
}
