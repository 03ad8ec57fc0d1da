import { CliError, NotYet } from "../../core/errors.ts";
import { word } from "../../core/shell.ts";
import { kinds } from "../../errors.ts";
import type { Readers, Writers } from "../../systems/world.ts";
import { mounts } from "../../wiring/mounts.ts";
import { ownershipOf } from "../../kubernetes/ownership.ts";
import { gone, stays, type Leaving, type Look, type Standing } from "./absent.ts";

const notOurs = { "other-cluster": "it belongs to another cluster", foreign: "it is not marked as ours" } as const;

/**
 * What stands in a Vault. Where the cluster's own Vault is not there any more, it is gone from reach; a Vault that is there must be
 * unsealed, which is told before anything is deleted.
 */
function inVault(look: Look): Look {
  return async (read) => {
    try {
      return await look(read);
    } catch (error) {
      if (!(error instanceof NotYet)) throw error;
      if (error.kind === kinds.vaultNotInstalled && read.where.vaultIs === "cluster") return gone("Vault is not there");
      const { kind, message: what, why, fix } = error;
      throw new CliError(kind, { what, why: why ?? "What is ours in it can only be taken away by itself.", fix });
    }
  };
}

/** The cluster's auth method, with its role and configuration. Disabling it revokes the tokens that it gave. */
export function leavingAuthMount(path: string): Leaving {
  return {
    id: `vault auth/${path}`,
    look: inVault(async (read) => {
      const [all, uid] = await Promise.all([mounts(read, "sys/auth"), read.kube.clusterUid()]);
      const mount = all.find((each) => each.path === path);
      if (mount === undefined) return gone();
      const ownership = ownershipOf(mount.description, uid);
      return ownership === "ours" ? { kind: "there", note: "with its role and its configuration" } : stays(notOurs[ownership]);
    }),
    remove: (write) => write.vault.remove(`sys/auth/${path}`),
    command: () => ({ lines: `vault auth disable ${word(path)}`, needs: ["vault"] }),
  };
}

/** The cluster's read policy. */
export function leavingPolicy(name: string): Leaving {
  const path = `sys/policies/acl/${name}`;
  return {
    id: `vault ${path}`,
    look: inVault(async (read) => {
      const [answer, uid] = await Promise.all([read.vault.get(path), read.kube.clusterUid()]);
      const text = answer?.data["policy"];
      if (typeof text !== "string") return gone();
      const ownership = ownershipOf(text.split("\n", 1)[0] ?? "", uid);
      return ownership === "ours" ? { kind: "there" } : stays(notOurs[ownership]);
    }),
    remove: (write) => write.vault.remove(path),
    command: () => ({ lines: `vault policy delete ${word(name)}`, needs: ["vault"] }),
  };
}

export interface SecretsLeaving {
  readonly mount: string;
  /** Below the mount, with a slash at its end. */
  readonly prefix: string;
  readonly deleteData: boolean;
  /** Why Vault itself stays; undefined where it goes, and its data with its volumes. */
  readonly vaultStays: (read: Readers) => Promise<string | undefined>;
}

/** The secrets of the cluster, with all their versions; kept unless told. */
export function leavingSecrets({ mount, prefix, deleteData, vaultStays }: SecretsLeaving): Leaving {
  const look = async (read: Readers): Promise<Standing> => {
    if (!deleteData) return stays("data is kept; --delete-data deletes it");
    if (prefix === "") return stays("the prefix is the whole mount, which may hold secrets of others: delete them by hand");
    if ((await vaultStays(read)) === undefined) return gone("they go with Vault's volumes");
    const all = await namesBelow(read, mount, prefix);
    return all.length === 0 ? gone() : { kind: "there", changes: all.map((name) => ({ field: name, before: "all versions" })) };
  };
  return {
    id: `vault secrets below ${mount}/${prefix}`,
    look: inVault(look),
    remove: async (write: Writers) => {
      for (const name of await namesBelow(write, mount, prefix)) await write.vault.remove(`${mount}/metadata/${name}`);
    },
    command: async (read) => ({
      lines: (await namesBelow(read, mount, prefix))
        .map((name) => `vault kv metadata delete -mount=${word(mount)} ${word(name)}`)
        .join("\n"),
      needs: ["vault"],
    }),
  };
}

/** Every secret below a prefix. Documented at Vault's API docs, KV version 2, "List secrets". */
async function namesBelow(read: Readers, mount: string, prefix: string): Promise<string[]> {
  const answer = await read.vault.get(`${mount}/metadata/${prefix}?list=true`);
  const keys = answer?.data["keys"];
  const names = Array.isArray(keys) ? keys.filter((key): key is string => typeof key === "string") : [];
  const nested = await Promise.all(
    names.map((name) => (name.endsWith("/") ? namesBelow(read, mount, `${prefix}${name}`) : Promise.resolve([`${prefix}${name}`]))),
  );
  return nested.flat();
}
