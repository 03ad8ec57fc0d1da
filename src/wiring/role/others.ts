import type { Readers } from "../../systems/world.ts";

/** Names of all roles of a Kubernetes auth mount. Documented at Vault's API docs, /auth/kubernetes "List Roles". */
export async function rolesOf(read: Pick<Readers, "vault">, mount: string): Promise<string[]> {
  const keys = (await read.vault.get(`auth/${mount}/role?list=true`))?.data["keys"];
  return Array.isArray(keys) ? keys.filter((key): key is string => typeof key === "string") : [];
}

/** Roles of our mount that we did not write: they bear no mark, so all but ours count as somebody's. */
export const othersRoles = async (read: Pick<Readers, "vault">, mount: string, ours: readonly string[]): Promise<string[]> =>
  (await rolesOf(read, mount)).filter((name) => !ours.includes(name));
