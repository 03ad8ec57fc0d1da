import type { Probe } from "../same-as-real.ts";
import { get, list, post, remove, vault } from "./words.ts";

const mount = "probe-k8s";
const account = { bound_service_account_names: ["probe"], bound_service_account_namespaces: ["default"] };

/** The Kubernetes auth method: its mount, its configuration, its roles. */
export const vaultAuth: readonly Probe[] = [
  vault("all methods", get("sys/auth"), 200, { has: { "data.token/": "object", "token/": "object" }, is: { "data.token/.type": "token" } }),
  vault("a method that is not there", get(`sys/auth/${mount}`), 400, { says: /No auth engine at probe-k8s\// }),
  vault("enabling it", post(`sys/auth/${mount}`, { type: "kubernetes", description: "a probe" }), 204),
  vault("the method", get(`sys/auth/${mount}`), 200, {
    is: { "data.type": "kubernetes", "data.description": "a probe" },
    has: { "data.accessor": "text", "data.config": "object", "data.uuid": "text" },
  }),
  vault("enabling it again", post(`sys/auth/${mount}`, { type: "kubernetes" }), 400, { says: /path is already in use at probe-k8s\// }),
  vault("enabling one below it", post(`sys/auth/${mount}/below`, { type: "kubernetes" }), 400, {
    says: /path is already in use at probe-k8s\//,
  }),
  vault("one whose name only begins alike", post(`sys/auth/${mount}-too`, { type: "kubernetes" }), 204),
  vault("taking that away", remove(`sys/auth/${mount}-too`), 204),
  vault("a new description", post(`sys/auth/${mount}/tune`, { description: "tuned" }), 204),
  vault("the new description", get(`sys/auth/${mount}`), 200, { is: { "data.description": "tuned" } }),
  vault("a configuration that is not there", get(`auth/${mount}/config`), 404, { is: { errors: [] } }),
  vault("a login before it is configured", post(`auth/${mount}/login`, { role: "none", jwt: "a.b.c" }, ""), 400, {
    says: /invalid role name \\"none\\"/,
  }),
  vault("a configuration without host", post(`auth/${mount}/config`, { kubernetes_ca_cert: "" }), 400, { says: /no host provided/ }),
  vault(
    "a CA that is none",
    post(`auth/${mount}/config`, { kubernetes_host: "https://kubernetes.default.svc", kubernetes_ca_cert: "nonsense" }),
    400,
    { says: /contains no valid certificates/ },
  ),
  vault(
    "a whole configuration",
    post(`auth/${mount}/config`, { kubernetes_host: "https://kubernetes.default.svc", token_reviewer_jwt: "a.b.c", issuer: "me" }),
    204,
  ),
  vault("what it says of it", get(`auth/${mount}/config`), 200, {
    is: {
      "data.kubernetes_host": "https://kubernetes.default.svc",
      "data.token_reviewer_jwt_set": true,
      "data.issuer": "me",
      "data.disable_local_ca_jwt": false,
      "data.disable_iss_validation": true,
      "data.pem_keys": [],
    },
    has: { "data.token_reviewer_jwt": "nothing", "data.kubernetes_ca_cert": "text" },
  }),
  vault("a configuration that says less", post(`auth/${mount}/config`, { kubernetes_host: "https://kubernetes.default.svc" }), 204),
  vault("what it has forgotten", get(`auth/${mount}/config`), 200, { is: { "data.token_reviewer_jwt_set": false, "data.issuer": "" } }),
  vault("a role that is not there", get(`auth/${mount}/role/probe`), 404, { is: { errors: [] } }),
  vault("all roles where there are none", list(`auth/${mount}/role`), 404, { is: { errors: [] } }),
  vault("a role without names", post(`auth/${mount}/role/probe`, { bound_service_account_namespaces: ["default"] }), 400, {
    says: /\\"bound_service_account_names\\" can not be empty/,
  }),
  vault("a role without namespaces", post(`auth/${mount}/role/probe`, { bound_service_account_names: ["probe"] }), 400, {
    says: /\\"bound_service_account_namespaces\\" can not be empty if/,
  }),
  vault("a role that mixes", post(`auth/${mount}/role/probe`, { ...account, bound_service_account_names: ["*", "x"] }), 400, {
    says: /can not mix \\"\*\\" with values/,
  }),
  vault(
    "a role with a lifetime above its limit",
    post(`auth/${mount}/role/probe`, { ...account, token_ttl: "2h", token_max_ttl: "1h" }),
    400,
    { says: /'token_ttl' cannot be greater than 'token_max_ttl'|token ttl should not be greater than token max ttl/ },
  ),
  vault("a role without audience", post(`auth/${mount}/role/probe`, { ...account, token_policies: ["default"], token_ttl: "10m" }), 200, {
    says: /does not have an audience/,
    has: { warnings: "list" },
  }),
  vault("a role with one, in capitals", post(`auth/${mount}/role/Probe`, { audience: "vault" }), 204),
  vault("what both writes left", get(`auth/${mount}/role/probe`), 200, {
    is: {
      "data.audience": "vault",
      "data.bound_service_account_names": ["probe"],
      "data.bound_service_account_namespaces": ["default"],
      "data.token_policies": ["default"],
      "data.token_ttl": 600,
      "data.token_max_ttl": 0,
      "data.alias_name_source": "serviceaccount_uid",
      "data.token_type": "default",
      "data.token_no_default_policy": false,
      "data.bound_service_account_namespace_selector": "",
    },
  }),
  vault("all roles", list(`auth/${mount}/role`), 200, { is: { "data.keys": ["probe"] } }),
];

/** Goes after the logins. */
export const vaultAuthEnd: readonly Probe[] = [
  vault("taking the role away", remove(`auth/${mount}/role/probe`), 204),
  vault("a method whose configuration was never written", post(`sys/auth/${mount}-new`, { type: "kubernetes" }), 204),
  vault("a role of it", post(`auth/${mount}-new/role/probe`, { ...account, audience: "vault" }), 204),
  vault("a login there", (have) => post(`auth/${mount}-new/login`, { role: "probe", jwt: have["jwt"] }, ""), 500, {
    says: /could not load backend configuration/,
  }),
  vault("taking it away", remove(`sys/auth/${mount}-new`), 204),
  vault("taking the first one away", remove(`sys/auth/${mount}`), 204),
  vault("a login to a method that is not there", (have) => post(`auth/${mount}/login`, { role: "probe", jwt: have["jwt"] }, ""), 403, {
    is: { errors: ["permission denied"] },
  }),
  vault("the same with a token", (have) => post(`auth/${mount}/login`, { role: "probe", jwt: have["jwt"] }), 404, {
    says: /no handler for route/,
  }),
];
