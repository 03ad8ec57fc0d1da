import { firstSeen } from "../../core/first-seen.ts";
import { gone, stays } from "../../core/removal.ts";
import { word } from "../../core/shell.ts";
import type { AppRemoval, RemovalPolicy } from "../../systems/removal.ts";
import type { Readers } from "../../systems/world.ts";
import { inVault, unlessRefused } from "../in-vault.ts";
import { othersReading } from "./others.ts";
import type { KvPlace } from "./place.ts";

/** Takes away the secrets of the cluster, with all their versions; only those that were there at the first look. */
export function secretsRemoval(place: KvPlace, policy: RemovalPolicy): AppRemoval {
  const { mount, prefix } = place;
  const names = firstSeen(
    (read: Readers) => namesBelow(read, mount, prefix),
    (name) => name,
  );
  return {
    id: `vault secrets below ${mount}/${prefix}`,
    look: inVault(async (read) => {
      const reason = whyKept(place, policy);
      if (reason !== undefined) return stays(reason);
      if ((await policy.vaultStays(read)) === undefined) return gone("they go with Vault's volumes");
      const others = await readByOthers(read, place);
      if (others !== undefined) return stays(others);
      const all = await names.list(read);
      return all.length === 0 ? gone() : { kind: "there", changes: all.map((name) => ({ field: name, before: "all versions" })) };
    }, policy),
    remove: async (write) => {
      for (const name of await names.list(write)) await write.vault.remove(`${mount}/metadata/${name}`);
    },
    command: async (read) => {
      const all = await names.list(read);
      return { lines: all.map((name) => `vault kv metadata delete -mount=${word(mount)} ${word(name)}`).join("\n"), needs: ["vault"] };
    },
  };
}

function whyKept({ prefix }: KvPlace, { dataStays }: RemovalPolicy): string | undefined {
  if (dataStays !== undefined) return dataStays;
  return prefix === "" ? "the prefix is the whole mount, which may hold secrets of others: delete them by hand" : undefined;
}

const readByOthers = (read: Readers, place: KvPlace): Promise<string | undefined> =>
  unlessRefused("who else reads there", async () => {
    const others = await othersReading(read, place);
    return others.length === 0 ? undefined : `others read there: ${others.join(", ")}; delete by hand what they do not need`;
  });

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
