import { gone, stays } from "../../core/removal.ts";
import { word } from "../../core/shell.ts";
import type { AppRemoval, RemovalPolicy } from "../../systems/removal.ts";
import type { Readers } from "../../systems/world.ts";
import { inVault } from "../in-vault.ts";

/** Where the secrets of the cluster are. */
export interface KvPlace {
  readonly mount: string;
  /** Below the mount, with a slash at its end; empty for the whole mount. */
  readonly prefix: string;
}

/** Takes away the secrets of the cluster, with all their versions. */
export function secretsRemoval({ mount, prefix }: KvPlace, { dataStays, vaultStays }: RemovalPolicy): AppRemoval {
  return {
    id: `vault secrets below ${mount}/${prefix}`,
    look: inVault(async (read) => {
      if (dataStays !== undefined) return stays(dataStays);
      if (prefix === "") return stays("the prefix is the whole mount, which may hold secrets of others: delete them by hand");
      if ((await vaultStays(read)) === undefined) return gone("they go with Vault's volumes");
      const all = await namesBelow(read, mount, prefix);
      return all.length === 0 ? gone() : { kind: "there", changes: all.map((name) => ({ field: name, before: "all versions" })) };
    }),
    remove: async (write) => {
      for (const name of await namesBelow(write, mount, prefix)) await write.vault.remove(`${mount}/metadata/${name}`);
    },
    command: async (read) => {
      const all = await namesBelow(read, mount, prefix);
      return { lines: all.map((name) => `vault kv metadata delete -mount=${word(mount)} ${word(name)}`).join("\n"), needs: ["vault"] };
    },
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
