import type { Answer } from "../wire/exchange.ts";
import { asObject, asText, at, type JsonObject } from "../wire/json.ts";
import { bad, done, logical } from "./answers.ts";
import { inTheWay } from "./kv-mount.ts";
import type { Route, VaultRequest } from "./request.ts";
import { newSecretMount, type SecretMount } from "./storage.ts";

export const secretMountRoutes: readonly Route<VaultRequest>[] = [
  {
    method: "GET",
    path: /^sys\/mounts\/?$/,
    handle: ({ storage }) =>
      logical(Object.fromEntries([...storage.mounts].map(([path, mount]) => [path, describe(mount)])), { repeat: true }),
  },
  { method: "POST", path: /^sys\/mounts\/(.+)\/tune$/, handle: tune },
  { method: "GET", path: /^sys\/mounts\/(.+?)\/?$/, handle: read },
  { method: "POST", path: /^sys\/mounts\/(.+?)\/?$/, handle: enable },
  { method: "DELETE", path: /^sys\/mounts\/(.+?)\/?$/, handle: disable },
];

function describe({ type, accessor, uuid, description, config, options }: SecretMount): JsonObject {
  return {
    type,
    accessor,
    uuid,
    description,
    config,
    options,
    local: false,
    seal_wrap: false,
    external_entropy_access: false,
    plugin_version: "",
    running_plugin_version: "v1.21.0+builtin.vault",
    running_sha256: "",
    deprecation_status: "supported",
  };
}

function read({ storage }: VaultRequest, [path = ""]: readonly string[]): Answer {
  const mount = storage.mounts.get(`${path}/`);
  return mount === undefined ? bad(`No secret engine mount at ${path}/`) : logical(describe(mount), { repeat: true });
}

function enable({ storage, body, around }: VaultRequest, [path = ""]: readonly string[]): Answer {
  const type = asText(body["type"]);
  if (type === "") return bad("backend type must be specified as a string");
  if (type !== "kv" && type !== "kv-v2") return bad(`plugin not found in the catalog: ${type}`);
  const taken = inTheWay(storage.mounts.keys(), `${path}/`);
  if (taken !== undefined) return bad(`path is already in use at ${taken}`);
  const two = type === "kv-v2" || at(body, "options", "version") === "2";
  const mount = newSecretMount("kv", asText(body["description"]), two ? { version: "2" } : null);
  mount.upgrading = two ? around.upgradeRequests : 0;
  storage.mounts.set(`${path}/`, mount);
  return done;
}

function disable({ storage }: VaultRequest, [path = ""]: readonly string[]): Answer {
  storage.mounts.delete(`${path}/`);
  return done;
}

function tune({ storage, body }: VaultRequest, [path = ""]: readonly string[]): Answer {
  const mount = storage.mounts.get(`${path}/`);
  if (mount === undefined) return bad(`tune of path "${path}/" failed: no mount entry found`);
  if (typeof body["description"] === "string") mount.description = body["description"];
  if (asText(at(body, "options", "version")) === "2") mount.options = { ...asObject(mount.options ?? {}), version: "2" };
  return done;
}
