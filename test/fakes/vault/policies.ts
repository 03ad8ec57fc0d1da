import type { Answer } from "../wire/exchange.ts";
import { asText } from "../wire/json.ts";
import { absent, bad, done, logical, written } from "./answers.ts";
import { parsePolicy } from "./acl.ts";
import type { Route, VaultRequest } from "./request.ts";

const one = /^sys\/policies\/acl\/([^/]+)$/;

export const policyRoutes: readonly Route<VaultRequest>[] = [
  { method: "LIST", path: /^sys\/policies\/acl\/?$/, handle: list },
  { method: "GET", path: one, handle: read },
  { method: "POST", path: one, handle: write },
  { method: "DELETE", path: one, handle: remove },
];

function list({ storage }: VaultRequest): Answer {
  const names = [...storage.policies.keys(), "root"].sort();
  return logical({ keys: names, policies: names }, { repeat: true });
}

function read({ storage }: VaultRequest, [given = ""]: readonly string[]): Answer {
  const name = given.toLowerCase();
  const found = name === "root" ? { text: "" } : storage.policies.get(name);
  return found === undefined ? absent : logical({ name, policy: found.text }, { repeat: true });
}

function write({ storage, body }: VaultRequest, [given = ""]: readonly string[]): Answer {
  const name = given.toLowerCase();
  if (name === "root") return bad('cannot update "root" policy');
  const text = asText(body["policy"]);
  if (text === "") return bad("'policy' parameter not supplied or empty");
  try {
    storage.policies.set(name, { text, rules: parsePolicy(text) });
  } catch (error) {
    return bad(error instanceof Error ? error.message : String(error));
  }
  return written(name === given ? [] : [`policy name was converted to lower case: ${name}`]);
}

function remove({ storage }: VaultRequest, [given = ""]: readonly string[]): Answer {
  const name = given.toLowerCase();
  if (name === "root" || name === "default") return bad(`cannot delete "${name}" policy`);
  storage.policies.delete(name);
  return done;
}
