import type { Answer } from "../wire/exchange.ts";
import { asObject, asText, type JsonObject } from "../wire/json.ts";
import { bad, done, logical } from "./answers.ts";
import { seconds } from "./duration.ts";
import { inTheWay } from "./kv-mount.ts";
import type { Route, VaultRequest } from "./request.ts";
import { newAuthMount, type AuthMount } from "./storage.ts";

const types = new Set(["kubernetes", "jwt", "oidc", "approle", "userpass", "cert", "ldap"]);

export const authMountRoutes: readonly Route<VaultRequest>[] = [
  {
    method: "GET",
    path: /^sys\/auth\/?$/,
    handle: ({ storage }) =>
      logical(Object.fromEntries([...storage.auth].map(([path, mount]) => [path, describe(mount)])), { repeat: true }),
  },
  { method: "POST", path: /^sys\/(?:auth|mounts\/auth)\/(.+)\/tune$/, handle: tune },
  { method: "GET", path: /^sys\/(?:auth|mounts\/auth)\/(.+)\/tune$/, handle: readTune },
  { method: "GET", path: /^sys\/(?:auth|mounts\/auth)\/(.+?)\/?$/, handle: read },
  { method: "POST", path: /^sys\/auth\/(.+?)\/?$/, handle: enable },
  { method: "DELETE", path: /^sys\/auth\/(.+?)\/?$/, handle: disable },
];

function describe({ type, accessor, uuid, description, config }: AuthMount): JsonObject {
  return {
    type,
    accessor,
    uuid,
    description,
    config,
    local: false,
    seal_wrap: false,
    external_entropy_access: false,
    options: {},
    plugin_version: "",
    running_plugin_version: `v0.23.0+builtin`,
    running_sha256: "",
    deprecation_status: "supported",
  };
}

function read({ storage }: VaultRequest, [path = ""]: readonly string[]): Answer {
  const mount = storage.auth.get(`${path}/`);
  return mount === undefined ? bad(`No auth engine at ${path}/`) : logical(describe(mount), { repeat: true });
}

function enable({ storage, body }: VaultRequest, [path = ""]: readonly string[]): Answer {
  const type = asText(body["type"]);
  if (type === "") return bad("backend type must be specified as a string");
  if (!types.has(type)) return bad(`plugin not found in the catalog: ${type}`);
  const taken = inTheWay(storage.auth.keys(), `${path}/`);
  if (taken !== undefined) return bad(`path is already in use at ${taken}`);
  const mount = newAuthMount(type, asText(body["description"]));
  mount.config = { ...mount.config, ...leases(asObject(body["config"])) };
  storage.auth.set(`${path}/`, mount);
  return done;
}

function disable({ storage }: VaultRequest, [path = ""]: readonly string[]): Answer {
  storage.auth.delete(`${path}/`);
  for (const token of storage.tokens.values()) if (token.path.startsWith(`auth/${path}/`)) storage.revoke(token.id);
  return done;
}

function tune({ storage, body }: VaultRequest, [path = ""]: readonly string[]): Answer {
  const mount = storage.auth.get(`${path}/`);
  if (mount === undefined) return bad(`tune of path "auth/${path}/" failed: no mount entry found`);
  if (typeof body["description"] === "string") mount.description = body["description"];
  mount.config = { ...mount.config, ...leases(body) };
  return done;
}

function readTune({ storage }: VaultRequest, [path = ""]: readonly string[]): Answer {
  const mount = storage.auth.get(`${path}/`);
  return mount === undefined
    ? bad(`cannot fetch sysview for path "auth/${path}/"`)
    : logical({ ...mount.config, description: mount.description }, { repeat: true });
}

function leases(config: JsonObject): JsonObject {
  const kept = ["default_lease_ttl", "max_lease_ttl"].filter((key) => config[key] !== undefined);
  return Object.fromEntries(kept.map((key) => [key, seconds(config[key])]));
}
