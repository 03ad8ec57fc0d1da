/**
 * What a policy has to allow for a request. sys/ and the config of an auth method only ever ask for update where others tell
 * create from update; enabling or disabling an auth method wants sudo too. https://developer.hashicorp.com/vault/docs/concepts/policies
 */
export function neededFor({ method, path, list }: { method: "GET" | "POST" | "DELETE"; path: string; list: boolean }): string[] {
  const verbs =
    method === "GET"
      ? [list ? "list" : "read"]
      : method === "DELETE"
        ? ["delete"]
        : /^sys\/|^auth\/[^/]+\/config$/.test(path)
          ? ["update"]
          : ["create", "update"];
  return /^sys\/audit$|^sys\/(auth|audit|raw)\/|^sys\/mounts\/auth\/.*\/tune$/.test(path) ? [...verbs, "sudo"] : verbs;
}

/** Those of `needed` that a token does not have. `has` is sys/capabilities-self for the path; undefined when it could not be asked. */
export function missingOf(needed: readonly string[], has: readonly string[] | undefined): string[] {
  if (has === undefined) return [...needed];
  if (has.includes("root")) return [];
  return needed.filter((capability) => !has.includes(capability));
}
