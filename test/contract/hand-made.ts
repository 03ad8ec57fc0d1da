import { charts } from "../fakes/helm/charts.ts";
import { make } from "../fakes/kube/controllers.ts";
import { builtInKinds, resourceName } from "../fakes/kube/kinds.ts";
import { parsePolicy } from "../fakes/vault/acl.ts";
import { newAuthMount, newSecretMount } from "../fakes/vault/storage.ts";
import type { JsonObject } from "../fakes/wire/json.ts";
import { planted, type Scene } from "./scene.ts";

// The article as a person types it, with names of their own: no step of ours has made any of it, and nothing bears a mark.

/** An address that a person gives pods; not the one that we would. */
export const typedAddress = "http://vault.vault.svc:8200";

export interface HandMade {
  readonly kind: "kes" | "eso";
  /** The objects in the application's namespace. */
  readonly resource: string;
}

export const kes: HandMade = { kind: "kes", resource: "externalsecrets.kubernetes-client.io" };
export const eso: HandMade = { kind: "eso", resource: "externalsecrets.external-secrets.io" };

const place = { namespace: "secrets-sync", account: "syncer" } as const;

/** Puts it into a scene whose Vault runs and is unsealed, and waits until the first secret is synced. */
export async function makeByHand(scene: Scene, { kind, resource }: HandMade): Promise<void> {
  inCluster(scene, kind);
  inVault(scene, kind);
  const { objects } = scene.prod;
  if (kind === "eso") make(objects, "clustersecretstores.external-secrets.io", store);
  make(objects, resource, kind === "eso" ? esoSecret : kesSecret);
  await scene.prod.settled();
}

function inVault({ vault: { storage }, prod }: Scene, kind: HandMade["kind"]): void {
  storage.mounts.set("app-kv/", newSecretMount("kv", "typed", { version: "2" }));
  storage.mounts
    .get("app-kv/")!
    .secrets.set("shop/db", [{ data: { user: "shop", password: planted.password }, created: "2026-01-01T00:00:00Z" }]);
  const text = 'path "app-kv/data/shop/*" {\n  capabilities = ["read"]\n}\n';
  storage.policies.set("shop-read", { text, rules: parsePolicy(text) });
  const mount = newAuthMount("kubernetes", "typed by hand");
  mount.kubernetes = {
    kubernetes_host: prod.url,
    kubernetes_ca_cert: prod.authority.ca,
    // With kubernetes-external-secrets the operator's account reviews, with External Secrets Vault's own.
    token_reviewer_jwt:
      kind === "kes" ? prod.tokens.bound(prod.objects.get("serviceaccounts", place.namespace, place.account)!, [], 3600) : "",
    pem_keys: [],
    issuer: "",
    disable_local_ca_jwt: false,
    disable_iss_validation: true,
    use_annotations_as_alias_metadata: false,
  };
  mount.roles.set("shop", {
    bound_service_account_names: [place.account],
    bound_service_account_namespaces: [place.namespace],
    bound_service_account_namespace_selector: "",
    alias_name_source: "serviceaccount_uid",
    token_policies: ["shop-read"],
    token_ttl: 1200,
    token_max_ttl: 0,
    token_explicit_max_ttl: 0,
    token_no_default_policy: false,
    token_num_uses: 0,
    token_period: 0,
    token_bound_cidrs: [],
    token_type: "default",
    ...(kind === "eso" && { audience: "vault-of-shop" }),
  });
  storage.auth.set("my-cluster/", mount);
  // Another cluster's, as far as anything tells.
  const other = newAuthMount("kubernetes", "");
  other.kubernetes = { ...mount.kubernetes, kubernetes_host: "https://10.9.9.9:6443", kubernetes_ca_cert: "" };
  storage.auth.set("elsewhere/", other);
}

function inCluster({ prod: { objects } }: Scene, kind: HandMade["kind"]): void {
  const { namespace, account } = place;
  make(objects, "namespaces", { metadata: { name: namespace } });
  make(objects, "namespaces", { metadata: { name: "shop" } });
  const chart = charts[kind === "kes" ? "kubernetes-external-secrets" : "external-secrets"]!;
  const values: JsonObject = {
    serviceAccount: { create: true, name: account },
    ...(kind === "kes" && { env: { VAULT_ADDR: typedAddress } }),
  };
  for (const object of chart.render({ name: "sync", namespace, values }))
    make(objects, resourceName(builtInKinds.find(({ kind: of }) => of === object["kind"])!), object);
  make(objects, "clusterrolebindings.rbac.authorization.k8s.io", {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "typed-review" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
    subjects: [{ kind: "ServiceAccount", name: account, namespace }],
  });
}

const vault: JsonObject = {
  server: typedAddress,
  path: "app-kv",
  version: "v2",
  auth: {
    kubernetes: {
      mountPath: "my-cluster",
      role: "shop",
      serviceAccountRef: { name: place.account, namespace: place.namespace, audiences: ["vault-of-shop"] },
    },
  },
};

const store: JsonObject = {
  apiVersion: "external-secrets.io/v1",
  kind: "ClusterSecretStore",
  metadata: { name: "typed" },
  spec: { provider: { vault } },
};

const esoSecret: JsonObject = {
  apiVersion: "external-secrets.io/v1",
  kind: "ExternalSecret",
  metadata: { name: "db", namespace: "shop" },
  spec: {
    refreshInterval: "15s",
    secretStoreRef: { name: "typed", kind: "ClusterSecretStore" },
    target: { name: "db" },
    data: ["user", "password"].map((property) => ({ secretKey: property, remoteRef: { key: "shop/db", property } })),
  },
};

const kesSecret: JsonObject = {
  apiVersion: "kubernetes-client.io/v1",
  kind: "ExternalSecret",
  metadata: { name: "db", namespace: "shop" },
  spec: {
    backendType: "vault",
    vaultMountPoint: "my-cluster",
    vaultRole: "shop",
    dataFrom: ["app-kv/data/shop/db"],
  },
};
