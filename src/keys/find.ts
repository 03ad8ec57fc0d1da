import { readdir } from "node:fs/promises";
import path from "node:path";
import { failure, kinds } from "../errors.ts";
import { contradiction, readOrigin, type Origin } from "./origin.ts";
import { exists } from "./files.ts";
import { defaultKeyFile, keyFiles } from "./place.ts";

/** Which Vault is meant: all that has to fit. */
export type VaultId = Pick<Origin, "kubeSystemUid" | "namespace" | "release">;

/**
 * The key file below `folder` whose keys belong to this Vault; undefined when there is none.
 * @throws CliError VK1009 naming them where several do.
 */
export async function findKeyFile(folder: string, vault: VaultId): Promise<string | undefined> {
  if (vault.kubeSystemUid === undefined || vault.kubeSystemUid === "") return undefined;
  const found = (await Promise.all((await foldersIn(folder)).map((one) => fitting(one, vault)))).flat();
  if (found.length < 2) return found[0];
  throw failure(kinds.badInput, {
    what: `Several key files are of this Vault: ${found.join(", ")}`,
    why: `Each says that its keys are of namespace ${vault.namespace ?? "?"} of the cluster whose kube-system namespace has UID ${vault.kubeSystemUid}, and only one can be right.`,
    fix: "Name it with --init-file, and move the others away.",
  });
}

/**
 * The key file of a cluster's Vault by the cluster's name. A second Vault of the cluster has one of its own beside that of the first:
 * NAMESPACE.RELEASE.json.
 */
export async function keyFileByName(folder: string, cluster: string, vault: VaultId): Promise<string> {
  const first = defaultKeyFile(folder, cluster);
  const { namespace, release } = vault;
  if (namespace === undefined || release === undefined) return first;
  const own = path.join(path.dirname(first), `${namespace}.${release}.json`);
  if ((await exists(own)) || (await exists(keyFiles(own).origin))) return own;
  const origin = await readOrigin(keyFiles(first)).catch(() => undefined);
  return origin !== undefined && isAnotherOfCluster(origin, vault) ? own : first;
}

/** A cluster that was made again under its name is no second Vault: its old keys are in the way. */
const isAnotherOfCluster = (origin: Origin, vault: VaultId): boolean =>
  origin.kubeSystemUid === vault.kubeSystemUid && contradiction(origin, vault) !== undefined;

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((one) => one.isDirectory())
    .map(({ name }) => path.join(folder, name))
    .sort();
}

async function fitting(folder: string, vault: VaultId): Promise<string[]> {
  const names: readonly string[] = await readdir(folder).catch(() => []);
  const known = names.filter((name) => name.endsWith(".origin")).map((name) => name.slice(0, -".origin".length));
  // Earlier versions looked for no other than this.
  const files = [...new Set([...known, ...(names.includes("origin.json") ? ["init.json"] : [])])].map((name) => path.join(folder, name));
  const fits = await Promise.all(files.map((file) => isOf(file, vault)));
  return files.filter((_, index) => fits[index]);
}

async function isOf(file: string, vault: VaultId): Promise<boolean> {
  const origin = await readOrigin(keyFiles(file)).catch(() => undefined);
  return origin !== undefined && origin.kubeSystemUid === vault.kubeSystemUid && contradiction(origin, vault) === undefined;
}
