import type { Answer } from "../wire/exchange.ts";
import { asText, asTexts, type JsonObject } from "../wire/json.ts";
import { bad, done, errors, logical } from "./answers.ts";
import { seconds } from "./duration.ts";
import type { Route, VaultRequest } from "./request.ts";
import type { Storage, Token } from "./storage.ts";

export const tokenRoutes: readonly Route<VaultRequest>[] = [
  { method: "GET", path: /^auth\/token\/lookup-self$/, handle: ({ token }) => lookup(token!, token!.id) },
  { method: "POST", path: /^auth\/token\/renew-self$/, handle: renewSelf },
  { method: "POST", path: /^auth\/token\/revoke-self$/, handle: revokeSelf },
  { method: "POST", path: /^auth\/token\/create$/, handle: (request) => create(request, request.token?.id) },
  { method: "POST", path: /^auth\/token\/create-orphan$/, handle: (request) => create(request, undefined) },
  { method: "LIST", path: /^auth\/token\/accessors\/?$/, handle: accessors },
  { method: "POST", path: /^auth\/token\/lookup-accessor$/, handle: (request) => ofAccessor(request, (token) => lookup(token, "")) },
  {
    method: "POST",
    path: /^auth\/token\/revoke-accessor$/,
    handle: (request) => ofAccessor(request, ({ id }) => (request.storage.revoke(id), done)),
  },
];

function accessors({ storage }: VaultRequest): Answer {
  return logical({ keys: [...storage.tokens.values()].map(({ accessor }) => accessor) });
}

/** In Vault's words. */
function ofAccessor({ storage, body }: VaultRequest, handle: (token: Token) => Answer): Answer {
  const accessor = asText(body["accessor"]);
  const token = [...storage.tokens.values()].find((one) => one.accessor === accessor);
  return token === undefined ? errors(403, "1 error occurred:\n\t* invalid accessor\n\n") : handle(token);
}

/** What Vault says of a token; by its accessor, all but the token itself. */
function lookup(
  { accessor, policies, path, displayName, ttl, firstTtl, period, created, renewed, parent, meta }: Token,
  id: string,
): Answer {
  const since = renewed ?? created;
  return logical({
    id,
    accessor,
    policies: [...policies],
    path,
    display_name: displayName,
    ttl: ttl === 0 ? 0 : Math.round(ttl - (Date.now() - since) / 1000),
    creation_ttl: firstTtl,
    ...(period === 0 ? {} : { period }),
    creation_time: Math.floor(created / 1000),
    expire_time: ttl === 0 ? null : new Date(since + ttl * 1000).toISOString(),
    explicit_max_ttl: 0,
    num_uses: 0,
    orphan: parent === undefined,
    renewable: ttl !== 0,
    meta,
    entity_id: "",
    type: "service",
  });
}

/** The longest life of a token: the mount's own, or the system's of 32 days. */
const longest = (storage: Storage): number => {
  const { max_lease_ttl: tuned } = storage.auth.get("token/")?.config ?? {};
  return typeof tuned === "number" && tuned > 0 ? tuned : 768 * 3600;
};

/** Seconds that a token gets, and what Vault says where that is less than was asked for: sdk/framework/lease.go. */
function capped(storage: Storage, { period, ttl }: { period: number; ttl: number }): { ttl: number; warnings: string[] } {
  const [wanted, max] = [period > 0 ? period : ttl, longest(storage)];
  if (wanted <= max) return { ttl: wanted, warnings: [] };
  const words = (what: string): string => `${what} of "${wanted / 3600}h0m0s" exceeded the effective max_ttl of "${max / 3600}h0m0s"`;
  return {
    ttl: max,
    warnings: [period > 0 ? `${words("period")}; period value is capped accordingly` : `${words("TTL")}; TTL value is capped accordingly`],
  };
}

/** A periodic token has its whole period again, as far as it may live. */
function renewSelf({ storage, token }: VaultRequest): Answer {
  const { ttl, warnings } = capped(storage, token!);
  const renewed = { ...token!, ttl, renewed: Date.now() };
  storage.tokens.set(renewed.id, renewed);
  return logical(null, { auth: authOf(renewed), warnings });
}

function revokeSelf({ storage, token }: VaultRequest): Answer {
  storage.revoke(token!.id);
  return done;
}

function create({ storage, body, token }: VaultRequest, parent: string | undefined): Answer {
  const asked = asTexts(body["policies"]);
  const policies = asked.length === 0 ? [...token!.policies] : [...(body["no_default_policy"] === true ? [] : ["default"]), ...asked];
  if (policies.includes("root") && !token!.policies.includes("root"))
    return bad("root tokens may not be created without parent token being root");
  const name = asText(body["display_name"]);
  const period = seconds(body["period"]);
  const { ttl, warnings } = capped(storage, { period, ttl: seconds(body["ttl"]) });
  const made = storage.issue({
    displayName: name === "" ? "token" : `token-${name}`,
    policies: [...new Set(policies)].sort(),
    path: "auth/token/create",
    ttl,
    period,
    ...(parent === undefined ? {} : { parent }),
  });
  return logical(null, { auth: authOf(made), warnings });
}

/** The part `auth` of an answer that gives a token. */
export function authOf(token: Token): JsonObject {
  return {
    client_token: token.id,
    accessor: token.accessor,
    policies: [...token.policies],
    token_policies: [...token.policies],
    metadata: token.meta,
    lease_duration: token.ttl,
    renewable: token.ttl !== 0,
    entity_id: "",
    token_type: "service",
    orphan: token.parent === undefined,
    mfa_requirement: null,
    num_uses: 0,
  };
}
