import type { Answer } from "../wire/exchange.ts";
import { asList, asObject, asText, asTexts, at, isObject, type JsonObject } from "../wire/json.ts";
import { bad, errors, logical, refused } from "./answers.ts";
import { claimsIn } from "./claims.ts";
import type { VaultRequest } from "./request.ts";
import { review } from "./token-review.ts";
import { authOf } from "./tokens.ts";
import type { AuthMount } from "./storage.ts";

/** Undefined when the path is not a login of a Kubernetes mount. */
export async function login(request: VaultRequest): Promise<Answer | undefined> {
  const path = /^auth\/(.+)\/login$/.exec(request.path)?.[1];
  const mount = path === undefined ? undefined : request.storage.auth.get(`${path}/`);
  if (request.method !== "POST" || mount?.type !== "kubernetes") return undefined;
  const jwt = asText(request.body["jwt"]);
  const name = asText(request.body["role"]);
  if (name === "") return bad("missing role");
  if (jwt === "") return bad("missing jwt");
  const role = mount.roles.get(name.toLowerCase());
  if (role === undefined) return bad(`invalid role name "${name}"`);
  if (mount.kubernetes === undefined) return errors(500, "could not load backend configuration");
  return (await refusal(request, mount.kubernetes, role, jwt)) ?? welcome(request, path!, name, role, mount, jwt);
}

/** Vault's order: the token itself, audience, time, names, and last the TokenReview, whose failures all sound alike. */
async function refusal({ around }: VaultRequest, config: JsonObject, role: JsonObject, jwt: string): Promise<Answer | undefined> {
  const claims = claimsIn(jwt);
  if (claims === undefined)
    return refused("error verifying token signature: malformed jwt: go-jose/go-jose: compact JWS format must have three parts");
  const audience = asText(role["audience"]);
  const audiences = asTexts(claims["aud"]);
  if (audience !== "" && !audiences.includes(audience))
    return refused("invalid audience (aud) claim: audience claim does not match any expected audience");
  const expires = claims["exp"];
  if (typeof expires === "number" && expires + 60 < Date.now() / 1000)
    return refused("invalid expiration time (exp) claim: token is expired");
  const account = accountIn(claims);
  if (account === undefined) return errors(500, "could not parse UID from claims");
  if (!matches(asTexts(role["bound_service_account_names"]), account.name)) return refused("service account name not authorized");
  if (!matches(asTexts(role["bound_service_account_namespaces"]), account.namespace)) return refused("namespace not authorized");
  const reviewed = await review(around, config, jwt, audience === "" ? audiences : [audience]);
  const found = asObject(at(reviewed, "status", "user"));
  const same = found["username"] === `system:serviceaccount:${account.namespace}:${account.name}` && found["uid"] === account.uid;
  return at(reviewed, "status", "authenticated") === true && same ? undefined : refused();
}

interface Account {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
}

/** The service account that a token speaks of: bound tokens and those of a Secret say it differently. */
function accountIn(claims: JsonObject): Account | undefined {
  const bound = claims["kubernetes.io"];
  const part = (key: string): string => asText(claims[`kubernetes.io/serviceaccount/${key}`]);
  const account = isObject(bound)
    ? {
        name: asText(at(bound, "serviceaccount", "name")),
        namespace: asText(bound["namespace"]),
        uid: asText(at(bound, "serviceaccount", "uid")),
      }
    : { name: part("service-account.name"), namespace: part("namespace"), uid: part("service-account.uid") };
  return account.uid === "" ? undefined : account;
}

function matches(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`).test(name));
}

function welcome({ storage }: VaultRequest, path: string, name: string, role: JsonObject, mount: AuthMount, jwt: string): Answer {
  const account = accountIn(claimsIn(jwt) ?? {})!;
  const policies = [
    ...new Set([...(role["token_no_default_policy"] === true ? [] : ["default"]), ...asList(role["token_policies"]).map(asText)]),
  ].sort();
  const meta = {
    role: name,
    service_account_name: account.name,
    service_account_namespace: account.namespace,
    service_account_uid: account.uid,
    service_account_secret_name: "",
  };
  const ttl = Number(role["token_ttl"]);
  const token = storage.issue({
    displayName: `${path}-${account.namespace}-${account.name}`,
    policies,
    path: `auth/${path}/login`,
    ttl: ttl === 0 ? 2_764_800 : ttl,
    meta,
  });
  return logical(null, { auth: authOf(token) });
}
