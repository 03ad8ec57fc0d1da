import type { VaultRequest } from "./request.ts";
import { mountOf } from "./kv-mount.ts";

/** Whether a write changes something that exists, for the paths where Vault tells creating from updating; elsewhere undefined. */
export function existsAlready({ storage, path }: VaultRequest): boolean | undefined {
  const role = /^auth\/(.+)\/role\/([^/]+)$/.exec(path);
  if (role !== null) return storage.auth.get(`${role[1]}/`)?.roles.has((role[2] ?? "").toLowerCase());
  const found = mountOf(storage, path);
  if (found === undefined || !found.rest.startsWith("data/")) return undefined;
  return found.mount.secrets.has(found.rest.slice("data/".length));
}
