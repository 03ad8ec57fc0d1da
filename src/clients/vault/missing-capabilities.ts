import type { VaultAct } from "./refusal.ts";

/**
 * What a policy has to allow for a request. Paths of sys/ that Vault protects want sudo too, and enabling an auth method is
 * one of them; KV data and roles tell create from update, others only ask for update.
 * https://developer.hashicorp.com/vault/docs/concepts/policies
 */
export function neededFor({ method, path }: Pick<VaultAct, "method" | "path">): string[] {
  const verbs = method === "GET" ? [path.includes("?list=true") ? "list" : "read"] : method === "DELETE" ? ["delete"] : ["create", "update"];
  return /^sys\/(auth|audit|raw)\//.test(path) || (/^sys\/mounts\/auth\/.*\/tune$/.test(path)) ? [...verbs, "sudo"] : verbs;
}

/** Those of `needed` that a token does not have. `has` is sys/capabilities-self for the path; undefined when it could not be asked. */
export function missingOf(needed: readonly string[], has: readonly string[] | undefined): string[] {
  if (has === undefined) return [...needed];
  if (has.includes("root")) return [];
  return needed.filter((capability) => !has.includes(capability));
}
