import type { Have, Probe, ProbeRequest } from "../same-as-real.ts";
import { apply, get, kube, keepField, post, remove } from "./words.ts";

const here = "/api/v1/namespaces/probe";
const bindings = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/vault-k8s-probe";
const tokenSecret = (name: string, annotations: object, type = "kubernetes.io/service-account-token") =>
  apply(`${here}/secrets/${name}`, { apiVersion: "v1", kind: "Secret", type, metadata: { name, annotations } });
const ofProbe = { "kubernetes.io/service-account.name": "probe" };
const request = (seconds: number, audiences: readonly string[] = []): ProbeRequest =>
  post(`${here}/serviceaccounts/probe/token`, {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: { audiences, expirationSeconds: seconds },
  });
const review = (token: string | undefined, audiences?: readonly string[], as?: string): ProbeRequest =>
  post(
    "/apis/authentication.k8s.io/v1/tokenreviews",
    { apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", spec: { token, audiences } },
    as,
  );
const can = (verb: string, resource: string): ProbeRequest =>
  post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes: { verb, resource, namespace: "probe" } },
  });
const binding = apply(bindings, {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: "vault-k8s-probe" },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
  subjects: [{ kind: "ServiceAccount", name: "probe", namespace: "probe" }],
});
const decoded = (have: Have): string => Buffer.from(have["data"] ?? "", "base64").toString();

/** Tokens of service accounts, who may review them, and what ends them. In the namespace that the probes of objects made. */
export const kubeTokens: readonly Probe[] = [
  kube(
    "an account",
    apply(`${here}/serviceaccounts/probe`, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "probe" } }),
    201,
  ),
  kube("a token Secret without its account's name", tokenSecret("nobody", {}), 422, {
    says: /metadata\.annotations\[kubernetes\.io\/service-account\.name\]: Required value/,
  }),
  kube("a token Secret of an account that is not there", tokenSecret("orphan", { "kubernetes.io/service-account.name": "nobody" }), 201),
  kube("it is taken away", get(`${here}/secrets/orphan`), 404, { soon: true }),
  kube("a token Secret", tokenSecret("probe-token", ofProbe), 201, { is: { type: "kubernetes.io/service-account-token" } }),
  kube("it is filled", get(`${here}/secrets/probe-token`), 200, {
    soon: true,
    has: { "data.token": "text", "data.namespace": "text", "metadata.annotations": "object" },
    says: /"ca\.crt":"/,
    keep: keepField("data", "data", "token"),
  }),
  kube("its type cannot be changed", tokenSecret("probe-token", {}, "Opaque"), 422, {
    says: /type: Invalid value: \\"Opaque\\": field is immutable/,
  }),
  kube("applying it again", tokenSecret("probe-token", ofProbe), 200, { has: { "data.token": "text" } }),
  kube("a token for ten minutes", request(600, ["vault"]), 201, {
    has: { "status.token": "text", "status.expirationTimestamp": "text" },
    keep: keepField("bound", "status", "token"),
  }),
  kube("a token for less", request(599), 422, { says: /may not specify a duration less than 10 minutes/ }),
  kube(
    "a token of nobody",
    post(`${here}/serviceaccounts/nobody/token`, { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} }),
    404,
  ),
  kube("a review of the Secret's token", (have) => review(decoded(have)), 201, {
    is: { "status.authenticated": true, "status.user.username": "system:serviceaccount:probe:probe" },
    has: { "status.user.uid": "text", "status.audiences": "list" },
  }),
  kube("a review for its audience", (have) => review(have["bound"], ["vault"]), 201, {
    is: { "status.authenticated": true, "status.audiences": ["vault"] },
  }),
  kube("a review for another", (have) => review(have["bound"], ["elsewhere"]), 201, {
    has: { "status.authenticated": "nothing", "status.error": "text" },
  }),
  kube("a review of nonsense", review("a.b.c"), 201, { has: { "status.authenticated": "nothing", "status.error": "text" } }),
  kube("a review by an account that may not", (have) => review(have["bound"], ["vault"], decoded(have)), 403, {
    is: { reason: "Forbidden" },
    says: /tokenreviews\.authentication\.k8s\.io is forbidden: User \\"system:serviceaccount:probe:probe\\" cannot create resource \\"tokenreviews\\" in API group \\"authentication\.k8s\.io\\" at the cluster scope/,
  }),
  kube("its binding", binding, 201),
  kube("a review by an account that may", (have) => review(have["bound"], ["vault"], decoded(have)), 201, {
    soon: true,
    is: { "status.authenticated": true },
  }),
  kube("reading as that account", (have) => get(`${here}/secrets/x`, decoded(have)), 403, {
    says: /secrets \\"x\\" is forbidden: User \\"system:serviceaccount:probe:probe\\" cannot get resource \\"secrets\\" in API group \\"\\" in the namespace \\"probe\\"/,
  }),
  kube("listing as that account", (have) => get(`${here}/secrets`, decoded(have)), 403, { says: /secrets is forbidden: User/ }),
  kube("a token that is none", get(`${here}/secrets/x`, "nonsense"), 401, {
    is: { kind: "Status", reason: "Unauthorized", message: "Unauthorized", code: 401 },
  }),
  kube("no token", get(`${here}/secrets/x`, ""), 403, { says: /User \\"system:anonymous\\" cannot get resource/ }),
  kube("what an administrator may", can("get", "secrets"), 201, { is: { "status.allowed": true } }),
  kube("the account is taken away", remove(`${here}/serviceaccounts/probe`), 200),
  kube("its Secret goes too", get(`${here}/secrets/probe-token`), 404, { soon: true }),
  kube("its token is void", (have) => review(have["bound"], ["vault"]), 201, {
    soon: true,
    has: { "status.authenticated": "nothing", "status.error": "text" },
  }),
  kube("the binding is taken away", remove(bindings), 200),
  kube("the namespace is taken away", remove("/api/v1/namespaces/probe"), 200),
];
