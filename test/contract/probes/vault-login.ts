import type { Have, Probe, ProbeRequest } from "../same-as-real.ts";
import { kube, keepField, post, vault } from "./words.ts";

const none = "";
const login = (jwt: string | undefined, role = "probe"): ProbeRequest => post("auth/probe-k8s/login", { role, jwt }, none);
const tokenOf = (name: string, audiences: readonly string[]): ProbeRequest =>
  post(`/api/v1/namespaces/default/serviceaccounts/${name}/token`, {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: { audiences, expirationSeconds: 600 },
  });
const account = (name: string) =>
  kube(
    `service account ${name}`,
    post("/api/v1/namespaces/default/serviceaccounts", { apiVersion: "v1", kind: "ServiceAccount", metadata: { name } }),
    201,
  );
const kept = (name: string) => ({ keep: keepField(name, "status", "token") });

/** Logins at the mount of the probes before: Vault runs in the cluster, reviews as its own pod, and the role binds default/probe for audience vault. */
export const vaultLogin: readonly Probe[] = [
  account("probe"),
  account("probe-other"),
  kube("a token for Vault", tokenOf("probe", ["vault"]), 201, kept("jwt")),
  kube("a token for somebody else", tokenOf("probe", ["elsewhere"]), 201, kept("jwtElsewhere")),
  kube("a token of another account", tokenOf("probe-other", ["vault"]), 201, kept("jwtOther")),
  vault("no role", login("a.b.c", ""), 400, { says: /missing role/ }),
  vault("no token", login(""), 400, { says: /missing jwt/ }),
  vault("an unknown role", login("a.b.c", "nobody"), 400, { says: /invalid role name \\"nobody\\"/ }),
  vault("a token that is none", login("nonsense"), 403),
  vault("a token for somebody else's audience", (have) => login(have["jwtElsewhere"]), 403, {
    says: /invalid audience \(aud\) claim: audience claim does not match any expected audience/,
  }),
  vault("an account that is not bound", (have) => login(have["jwtOther"]), 403, { says: /service account name not authorized/ }),
  vault("the account that is bound", (have) => login(have["jwt"]), 200, {
    is: {
      data: null,
      "auth.policies": ["default"],
      "auth.lease_duration": 600,
      "auth.orphan": true,
      "auth.metadata.role": "probe",
      "auth.metadata.service_account_name": "probe",
      "auth.metadata.service_account_namespace": "default",
    },
    has: { "auth.client_token": "text", "auth.metadata.service_account_uid": "text" },
    keep: keepField("login", "auth", "client_token"),
  }),
  vault("the token of a login", (have: Have) => post("auth/token/revoke-self", {}, have["login"]), 204),
  vault("another namespace", post("auth/probe-k8s/role/probe", { bound_service_account_namespaces: ["elsewhere"] }), 204),
  vault("an account of a namespace that is not bound", (have) => login(have["jwt"]), 403, { says: /namespace not authorized/ }),
  vault("the namespace again", post("auth/probe-k8s/role/probe", { bound_service_account_namespaces: ["default"] }), 204),
  vault(
    "a reviewer that is none",
    post("auth/probe-k8s/config", { kubernetes_host: "https://kubernetes.default.svc", token_reviewer_jwt: "a.b.c" }),
    204,
  ),
  vault("a login that cannot be reviewed", (have) => login(have["jwt"]), 403, { is: { errors: ["permission denied"] } }),
  vault("the reviewer again", post("auth/probe-k8s/config", { kubernetes_host: "https://kubernetes.default.svc" }), 204),
  kube("the account is gone", { method: "DELETE", path: "/api/v1/namespaces/default/serviceaccounts/probe" }, 200),
  vault("its token", (have) => login(have["jwt"]), 403, { soon: true, is: { errors: ["permission denied"] } }),
  kube("the other one too", { method: "DELETE", path: "/api/v1/namespaces/default/serviceaccounts/probe-other" }, 200),
];
