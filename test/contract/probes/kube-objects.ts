import type { Probe } from "../same-as-real.ts";
import { apply, get, kube, post, remove } from "./words.ts";

const here = "/api/v1/namespaces/probe";
const object = (kind: string, name: string, rest: object = {}, apiVersion = "v1") => ({ apiVersion, kind, metadata: { name }, ...rest });
const map = (data: object, metadata: object = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "probe", ...metadata },
  data,
});
const labelled = { apiVersion: "v1", kind: "Namespace", metadata: { name: "probe", labels: { probe: "yes" } } };
const binding = (role: string) => ({
  ...object("ClusterRoleBinding", "vault-k8s-probe", {}, "rbac.authorization.k8s.io/v1"),
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
  subjects: [{ kind: "ServiceAccount", name: "probe", namespace: "probe" }],
});
const bindings = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";

/** Objects: made, applied, contested, refused, taken away. */
export const kubeObjects: readonly Probe[] = [
  kube("its version", get("/version"), 200, { says: /"gitVersion"/ }),
  kube("a namespace that is not there", get("/api/v1/namespaces/probe"), 404, {
    is: {
      kind: "Status",
      status: "Failure",
      reason: "NotFound",
      message: 'namespaces "probe" not found',
      "details.name": "probe",
      "details.kind": "namespaces",
      code: 404,
    },
  }),
  kube("an object in it", apply(`${here}/configmaps/probe`, map({})), 404, { is: { message: 'namespaces "probe" not found' } }),
  kube("applying a namespace", apply("/api/v1/namespaces/probe", labelled), 201, {
    is: { kind: "Namespace" },
    has: { "metadata.uid": "text", "metadata.resourceVersion": "text", "metadata.managedFields": "list" },
  }),
  kube("applying it again", apply("/api/v1/namespaces/probe", labelled), 200),
  kube("making it again", post("/api/v1/namespaces", object("Namespace", "probe")), 409, {
    is: { reason: "AlreadyExists", message: 'namespaces "probe" already exists' },
  }),
  kube("a name that is none", apply("/api/v1/namespaces/Probe_1", object("Namespace", "Probe_1")), 422, {
    is: { reason: "Invalid" },
    says: /metadata\.name: Invalid value/,
  }),
  kube("its default account", get(`${here}/serviceaccounts/default`), 200, { soon: true }),
  kube("the CA that it holds", get(`${here}/configmaps/kube-root-ca.crt`), 200, { soon: true, says: /BEGIN CERTIFICATE/ }),
  kube(
    "an apply without a manager",
    { method: "PATCH", path: `${here}/configmaps/probe`, body: map({ a: "1" }), type: "application/apply-patch+yaml" },
    422,
    { is: { reason: "Invalid" }, says: /fieldManager: Required value: is required for apply patch/ },
  ),
  kube("a dry run", apply(`${here}/configmaps/probe`, map({ a: "1" }), "vault-k8s-probe", "&dryRun=All"), 201),
  kube("what a dry run leaves", get(`${here}/configmaps/probe`), 404, { is: { "details.name": "probe" } }),
  kube("an apply", apply(`${here}/configmaps/probe`, map({ a: "1", b: "2" }, { labels: { l: "1" } })), 201, {
    is: { data: { a: "1", b: "2" } },
  }),
  kube("an apply that says less takes it away", apply(`${here}/configmaps/probe`, map({ a: "1" })), 200, {
    is: { data: { a: "1" } },
    has: { "metadata.labels": "nothing" },
  }),
  kube("another manager's value", apply(`${here}/configmaps/probe`, map({ a: "9" }), "other"), 409, {
    is: {
      reason: "Conflict",
      "details.causes": [{ reason: "FieldManagerConflict", message: 'conflict with "vault-k8s-probe"', field: ".data.a" }],
    },
    says: /Apply failed with 1 conflict: conflict with \\"vault-k8s-probe\\": \.data\.a/,
  }),
  kube("another manager's same value", apply(`${here}/configmaps/probe`, map({ a: "1", c: "3" }), "other"), 200),
  kube("what both own stays when one lets go", apply(`${here}/configmaps/probe`, map({})), 200, { is: { data: { a: "1", c: "3" } } }),
  kube(
    "a merge patch",
    {
      method: "PATCH",
      path: `${here}/configmaps/probe?fieldManager=patcher`,
      body: { data: { c: null, d: "4" } },
      type: "application/merge-patch+json",
    },
    200,
    { is: { data: { a: "1", d: "4" } } },
  ),
  kube("what the patcher set", apply(`${here}/configmaps/probe`, map({ d: "9" })), 409, {
    says: /conflict with \\"patcher\\" using v1: \.data\.d/,
  }),
  kube("two fields of others", apply(`${here}/configmaps/probe`, map({ a: "9", d: "9" })), 409, {
    says: /Apply failed with 2 conflicts: conflicts with \\"other\\":\\n- \.data\.a\\nconflicts with \\"patcher\\" using v1:\\n- \.data\.d/,
  }),
  kube("by force", apply(`${here}/configmaps/probe`, map({ d: "9" }), "vault-k8s-probe", "&force=true"), 200, {
    is: { data: { a: "1", d: "9" } },
  }),
  kube("an old version", { method: "PUT", path: `${here}/configmaps/probe`, body: map({}, { resourceVersion: "1" }) }, 409, {
    is: { reason: "Conflict" },
    says: /the object has been modified; please apply your changes to the latest version and try again/,
  }),
  kube("a list", get(`${here}/configmaps?fieldSelector=metadata.name%3Dprobe`), 200, {
    is: { kind: "ConfigMapList" },
    says: /"items":\[\{"metadata"/,
  }),
  kube("a list by label", get(`${here}/configmaps?labelSelector=l%20in%20(1,2)`), 200, { is: { items: [] } }),
  kube("a group that is not served", get("/apis/probe.example.com/v1/things/x"), 404, { says: /^404 page not found/ }),
  kube("a kind that is not served", get(`${here}/probes/x`), 404, {
    says: /the server could not find the requested resource|404 page not found/,
  }),
  kube("a binding", apply(`${bindings}/vault-k8s-probe`, binding("system:auth-delegator")), 201),
  kube("its role cannot be changed", apply(`${bindings}/vault-k8s-probe`, binding("view"), "vault-k8s-probe", "&force=true"), 422, {
    says: /roleRef: Invalid value: .*: cannot change roleRef/,
  }),
  kube("taking it away", remove(`${bindings}/vault-k8s-probe`), 200, { is: { kind: "Status", status: "Success" } }),
  kube("taking away what is not there", remove(`${bindings}/vault-k8s-probe`), 404),
];
