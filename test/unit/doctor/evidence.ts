import type { CommandLines } from "../../../src/consumers/diagnosis/cause.ts";
import { commandLinesFor } from "../../../src/cli/commands/command-lines.ts";
import { commands } from "../../../src/cli/commands/table.ts";
import type { Evidence, LoginFact, LoginResult, ReadResult } from "../../../src/consumers/diagnosis/evidence.ts";
import { consumerKinds } from "../../../src/consumers/kinds.ts";
import type { LoginPlan } from "../../../src/consumers/diagnosis/login-plan.ts";

const account = { namespace: "external-secrets", name: "external-secrets" };

const plan: LoginPlan = { mount: "k8s-prod", role: "external-secrets", audiences: ["vault"], account, tokenSecret: undefined };

export const ownPath = "kv/data/k8s/prod/vault-k8s-probe";
export const secretPath = "kv/data/k8s/prod/db";

/** A login, with what it read. */
export function login(
  result: LoginResult = { kind: "in", policies: ["default", "k8s-prod-read"] },
  reads: readonly ReadResult[] = [
    { path: ownPath, kind: "absent" },
    { path: secretPath, kind: "found", keys: ["user"] },
  ],
  over: Partial<LoginPlan> = {},
): LoginFact {
  return { plan: { ...plan, ...over }, result, claims: undefined, reads: result.kind === "in" ? reads : [] };
}

export const refused = (words: string, ms = 5): LoginResult => ({ kind: "refused", code: "VK1203", words, ms });
export const bare = login(refused("permission denied"));

/** What Vault's log says of a login, as it was seen on Vault 1.21. */
export const logs = (err: string): Evidence["log"] => ({
  kind: "heard",
  lines: [`2026-11-24T21:07:30.756Z [DEBUG] auth.kubernetes.auth_kubernetes_1: login unauthorized: err="${err}"`],
});

const store = {
  apiVersion: "external-secrets.io/v1",
  server: "http://vault-active.vault.svc:8200",
  path: "kv",
  version: "v2",
  vaultNamespace: "",
  hasCa: false,
  controller: "",
  login: plan,
  foreign: false,
  ready: { status: "True", reason: "Valid", message: "store validated" },
  events: [],
  heardMs: undefined,
};
export const theStore = store;
export const external = {
  apiVersion: "external-secrets.io/v1",
  namespace: "default",
  name: "db",
  ready: { status: "True", reason: "SecretSynced", message: "secret synced" },
  store: { kind: "ClusterSecretStore", name: "vault" },
  keys: [{ path: "k8s/prod/db", property: undefined }],
  foreign: false,
  events: [],
  syncedMs: Date.now() - 60_000,
  everySeconds: 3600,
  once: false,
  differs: false,
};

/** A cluster that is well. */
export const well: Evidence = {
  asked: {
    cluster: "prod",
    context: "prod",
    server: "https://10.20.0.1:6443",
    vaultContext: "prod",
    installNamespace: "vault",
    mount: "k8s-prod",
    role: "external-secrets",
    policies: ["k8s-prod-read"],
    audience: "vault",
    reviewsItself: false,
    account,
    kvMount: "kv",
    kvPrefix: "k8s/prod/",
    consumer: consumerKinds.eso,
    operatorNamespace: "external-secrets",
    reviewer: { namespace: "vault-k8s", name: "vault-reviewer", givesToken: true, isClient: false, isVaults: false, ends: false },
    store: { kind: "ClusterSecretStore", name: "vault", namespace: undefined },
    namespace: "default",
    secrets: [{ name: "db", path: "db", keys: [] }],
  },
  vault: { value: "pod vault/vault-0" },
  nodes: { value: [{ name: "vault-0", state: "active", detail: undefined }] },
  revisions: { value: { all: 3, old: [] } },
  podless: { value: [] },
  keptToken: { value: undefined },
  mount: { value: { type: "kubernetes", accessor: "auth_kubernetes_1", ownership: "ours" } },
  config: {
    value: {
      host: "https://kubernetes.default.svc",
      ca: "CA",
      issuer: "",
      checksIssuer: false,
      pemKeys: 0,
      usesLocalToken: false,
      hasReviewerToken: true,
    },
  },
  role: {
    value: { names: ["external-secrets"], namespaces: ["external-secrets"], audience: "vault", policies: ["k8s-prod-read"], cidrs: [] },
  },
  policies: { value: { "k8s-prod-read": '# managed by vault-k8s, cluster UID\npath "kv/data/k8s/prod/*" { capabilities = ["read"] }' } },
  engine: { value: { type: "kv", version: "2" } },
  wantedHost: { value: "https://kubernetes.default.svc" },
  reviewer: {
    account: { value: { ours: true } },
    secretName: "vault-reviewer-token",
    secret: { value: { filled: true, given: true } },
    binding: { value: true },
    mayReview: { value: true },
  },
  review: {
    value: {
      host: "https://kubernetes.default.svc",
      dialled: "https://10.20.0.1:6443",
      caIsClusters: true,
      result: { kind: "authenticated", username: "system:serviceaccount:external-secrets:external-secrets" },
    },
  },
  account: { value: { uid: "uid-1", createdMs: 0, ageMs: 100 * 3_600_000 } },
  login: login(),
  storeLogin: undefined,
  log: { kind: "not-asked", reason: "no login is refused without a reason" },
  podView: undefined,
  vaultAheadMs: { value: 300 },
  consumerAddress: { value: "http://vault-active.vault.svc:8200" },
  consumerCa: { value: "CA" },
  served: { value: true },
  runs: { value: true },
  operatorPods: { value: [{ account: "external-secrets", createdMs: 1000 }] },
  deployments: { value: [{ name: "external-secrets", wanted: 1, available: 1, account: "external-secrets", args: [] }] },
  store: { value: store },
  externals: { value: [external] },
  mark: { value: "managed by vault-k8s, cluster UID" },
};

export const commandLines: CommandLines = commandLinesFor({ flags: { cluster: "prod" }, commands });
