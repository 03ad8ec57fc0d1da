import type { JsonObject } from "../wire/json.ts";

/** What a chart is rendered with. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly values: JsonObject;
}

/** A chart that the fake helm knows. */
export interface Chart {
  readonly version: string;
  readonly appVersion: string;
  /** Versions of the same chart that its repository still has. */
  readonly older?: readonly Chart[];
  render(release: Release): JsonObject[];
}

/** A name that helm's charts build: the release's, which has the chart's in it or before it. */
export const fullname = (release: string, chart: string): string => (release.includes(chart) ? release : `${release}-${chart}`);

export const labels = (release: Release, name: string, more: JsonObject = {}): JsonObject => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/instance": release.name,
  "app.kubernetes.io/managed-by": "Helm",
  ...more,
});

export const object = (apiVersion: string, kind: string, metadata: JsonObject, rest: JsonObject = {}): JsonObject => ({
  apiVersion,
  kind,
  metadata,
  ...rest,
});

/** Binds an account to system:auth-delegator. */
export const delegator = (name: string, account: string, namespace: string, own: JsonObject): JsonObject =>
  object(
    "rbac.authorization.k8s.io/v1",
    "ClusterRoleBinding",
    { name, labels: own },
    {
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
      subjects: [{ kind: "ServiceAccount", name: account, namespace }],
    },
  );

export function deployment(release: Release, name: string, chart: string, pod: JsonObject): JsonObject {
  const own = labels(release, chart);
  return object(
    "apps/v1",
    "Deployment",
    { name, namespace: release.namespace, labels: own },
    { spec: { replicas: 1, selector: { matchLabels: own }, template: { metadata: { labels: own }, spec: pod } } },
  );
}

/** @param served The versions that are served, that which is stored last. */
export function definition(kind: string, plural: string, group: string, scope: "Cluster" | "Namespaced", served = ["v1"]): JsonObject {
  const names = { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` };
  return object(
    "apiextensions.k8s.io/v1",
    "CustomResourceDefinition",
    { name: `${plural}.${group}` },
    { spec: { group, scope, names, versions: served.map((name) => ({ name, served: true, storage: name === served.at(-1) })) } },
  );
}
