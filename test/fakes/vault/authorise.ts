import { capabilitiesOn, type Rule } from "./acl.ts";
import type { VaultRequest } from "./request.ts";
import type { Storage, Token } from "./storage.ts";
import { existsAlready } from "./existence.ts";

/** Paths that want `sudo` besides their own capability. */
const rootPaths = [
  /^sys\/auth\/.+/,
  /^sys\/mounts\/auth\/.+\/tune$/,
  /^sys\/audit/,
  /^sys\/raw/,
  /^sys\/step-down$/,
  /^auth\/token\/(create-orphan|accessors\/?)$/,
];

/** What the token's policies allow on a path: `["root"]` for a root token. */
export function capabilitiesOf(storage: Storage, token: Token, path: string): string[] {
  return token.policies.includes("root") ? ["root"] : capabilitiesOn(path, rulesOf(storage, token));
}

function rulesOf(storage: Storage, token: Token): Rule[] {
  return token.policies.flatMap((name) => storage.policies.get(name)?.rules ?? []);
}

export function mayDo(request: VaultRequest, token: Token): boolean {
  const { storage, path, method } = request;
  const found = capabilitiesOf(storage, token, method === "LIST" ? `${path.replace(/\/$/, "")}/` : path);
  const exact = method === "LIST" ? capabilitiesOf(storage, token, path.replace(/\/$/, "")) : found;
  const all = new Set([...found, ...exact]);
  if (all.has("root")) return true;
  const wanted = [needed(request), ...(rootPaths.some((pattern) => pattern.test(path)) ? ["sudo"] : [])];
  return wanted.every((capability) => all.has(capability));
}

function needed(request: VaultRequest): string {
  if (request.method === "GET") return "read";
  if (request.method === "LIST") return "list";
  if (request.method === "DELETE") return "delete";
  return existsAlready(request) === false ? "create" : "update";
}
