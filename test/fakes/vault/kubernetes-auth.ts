import type { Answer } from "../wire/exchange.ts";
import { asText, asTexts, type JsonObject } from "../wire/json.ts";
import { absent, bad, done, logical, written } from "./answers.ts";
import { seconds } from "./duration.ts";
import type { Route, VaultRequest } from "./request.ts";
import type { AuthMount } from "./storage.ts";

const config = /^auth\/(.+)\/config$/;
const role = /^auth\/(.+)\/role\/([^/]+)$/;

export const kubernetesAuthRoutes: readonly Route<VaultRequest>[] = [
  { method: "GET", path: config, handle: (request, [mount]) => on(request, mount, readConfig) },
  { method: "POST", path: config, handle: (request, [mount]) => on(request, mount, writeConfig) },
  {
    method: "LIST",
    path: /^auth\/(.+)\/role\/?$/,
    handle: (request, [mount]) =>
      on(request, mount, ({ roles }) => (roles.size === 0 ? absent : logical({ keys: [...roles.keys()].sort() }))),
  },
  { method: "GET", path: role, handle: (request, [mount, name]) => on(request, mount, ({ roles }) => readRole(roles.get(nameOf(name)))) },
  {
    method: "POST",
    path: role,
    handle: (request, [mount, name]) => on(request, mount, ({ roles }) => writeRole(roles, nameOf(name), request.body)),
  },
  {
    method: "DELETE",
    path: role,
    handle: (request, [mount, name]) => on(request, mount, ({ roles }) => (roles.delete(nameOf(name)), done)),
  },
];

const nameOf = (name: string | undefined): string => (name ?? "").toLowerCase();

function on(request: VaultRequest, path: string | undefined, handle: (mount: AuthMount, request: VaultRequest) => Answer): Answer {
  const mount = request.storage.auth.get(`${path}/`);
  if (mount?.type !== "kubernetes")
    return { status: 404, json: { errors: [`no handler for route "${request.path}". route entry not found.`] } };
  return handle(mount, request);
}

function readConfig({ kubernetes }: AuthMount): Answer {
  if (kubernetes === undefined) return absent;
  const { token_reviewer_jwt: reviewer, ...shown } = kubernetes;
  return logical({ ...shown, token_reviewer_jwt_set: asText(reviewer) !== "" });
}

/** The whole object is replaced: what is not sent goes back to its default. */
function writeConfig(mount: AuthMount, { body, around }: VaultRequest): Answer {
  const ca = asText(body["kubernetes_ca_cert"]);
  const noLocal = body["disable_local_ca_jwt"] === true;
  if (asText(body["kubernetes_host"]) === "") return bad("no host provided");
  if (ca !== "" && !/-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.test(ca))
    return bad("The provided CA PEM data contains no valid certificates");
  if (ca === "" && !noLocal && around.podCredentials() === undefined) return bad(`open ${podFiles}/ca.crt: no such file or directory`);
  mount.kubernetes = {
    kubernetes_host: asText(body["kubernetes_host"]),
    kubernetes_ca_cert: ca,
    token_reviewer_jwt: asText(body["token_reviewer_jwt"]),
    pem_keys: asTexts(body["pem_keys"]),
    issuer: asText(body["issuer"]),
    disable_local_ca_jwt: noLocal,
    disable_iss_validation: body["disable_iss_validation"] !== false,
    use_annotations_as_alias_metadata: body["use_annotations_as_alias_metadata"] === true,
  };
  return done;
}

const podFiles = "/var/run/secrets/kubernetes.io/serviceaccount";

const defaults: JsonObject = {
  alias_name_source: "serviceaccount_uid",
  bound_service_account_names: [],
  bound_service_account_namespaces: [],
  bound_service_account_namespace_selector: "",
  token_bound_cidrs: [],
  token_explicit_max_ttl: 0,
  token_max_ttl: 0,
  token_no_default_policy: false,
  token_num_uses: 0,
  token_period: 0,
  token_policies: [],
  token_ttl: 0,
  token_type: "default",
};

function readRole(found: JsonObject | undefined): Answer {
  if (found === undefined) return absent;
  const { audience, ...rest } = found;
  return logical(asText(audience) === "" ? rest : { ...rest, audience });
}

/** Fields that are not sent keep their value, but for the selector, which goes back to nothing. */
function writeRole(roles: Map<string, JsonObject>, name: string, body: JsonObject): Answer {
  const merged: JsonObject = { ...(roles.get(name) ?? defaults), bound_service_account_namespace_selector: "", ...sent(body) };
  const wrong = wrongRole(merged);
  if (wrong !== undefined) return bad(wrong);
  roles.set(name, merged);
  return written(asText(merged["audience"]) === "" ? [withoutAudience(name)] : []);
}

function sent(body: JsonObject): JsonObject {
  const kinds = { texts: asTexts, seconds, as: (value: JsonObject[string]) => value };
  const kindOf = (key: string): keyof typeof kinds =>
    Array.isArray(defaults[key]) ? "texts" : /_ttl$|_period$/.test(key) ? "seconds" : "as";
  const known = Object.keys(body).filter((key) => key in defaults || key === "audience");
  return Object.fromEntries(known.map((key) => [key, kinds[kindOf(key)](body[key])]));
}

function wrongRole(role: JsonObject): string | undefined {
  const names = asTexts(role["bound_service_account_names"]);
  const namespaces = asTexts(role["bound_service_account_namespaces"]);
  if (names.length === 0) return '"bound_service_account_names" can not be empty';
  if (namespaces.length === 0 && role["bound_service_account_namespace_selector"] === "")
    return '"bound_service_account_namespaces" can not be empty if "bound_service_account_namespace_selector" is not set';
  if ([names, namespaces].some((list) => list.length > 1 && list.includes("*"))) return 'can not mix "*" with values';
  if (!["serviceaccount_uid", "serviceaccount_name"].includes(asText(role["alias_name_source"])))
    return 'invalid alias_name_source, must be one of: "serviceaccount_uid", "serviceaccount_name"';
  const [ttl, max] = [Number(role["token_ttl"]), Number(role["token_max_ttl"])];
  return max > 0 && ttl > max ? "'token_ttl' cannot be greater than 'token_max_ttl'" : undefined;
}

const withoutAudience = (name: string): string =>
  `Role ${name} does not have an audience configured. While audiences are not required, consider specifying one if your use case would benefit from additional JWT claim verification.`;
