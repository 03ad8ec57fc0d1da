import { asList, asObject, asText, at, type Json, type JsonObject } from "../wire/json.ts";
import { definition, delegator, deployment, fullname, labels, object, type Chart, type Release } from "./chart.ts";

/** v1 since 0.16, alone since 0.17; v1alpha1 and v1beta1 before it: https://github.com/external-secrets/external-secrets/releases/tag/v0.17.0 */
const esoAt = (version: string, served: readonly string[]): Chart => ({
  version,
  appVersion: `v${version}`,
  render: (release) => {
    const name = fullname(release.name, "external-secrets");
    const account = asText(at(release.values, "serviceAccount", "name")) || name;
    const group = "external-secrets.io";
    return [
      definition("SecretStore", "secretstores", group, "Namespaced", [...served]),
      definition("ClusterSecretStore", "clustersecretstores", group, "Cluster", [...served]),
      definition("ExternalSecret", "externalsecrets", group, "Namespaced", [...served]),
      object("v1", "ServiceAccount", { name: account, namespace: release.namespace, labels: labels(release, "external-secrets") }),
      object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", { name: "secretstore-validate" }, { webhooks: [] }),
      ...["external-secrets", "external-secrets-webhook", "external-secrets-cert-controller"].map((part) =>
        deployment(release, part.replace("external-secrets", name), part, { serviceAccountName: account }),
      ),
      ...asList(release.values["extraObjects"]).map(asObject),
    ];
  },
});

/** The last that does not serve v1. */
export const oldEso = esoAt("0.15.1", ["v1alpha1", "v1beta1"]);
const eso: Chart = { ...esoAt("0.20.4", ["v1"]), older: [oldEso] };

const kes: Chart = {
  version: "8.5.5",
  appVersion: "8.5.5",
  render: (release) => {
    const name = fullname(release.name, "kubernetes-external-secrets");
    const account = asText(at(release.values, "serviceAccount", "name")) || name;
    const own = labels(release, "kubernetes-external-secrets");
    const env: Json[] = Object.entries(asObject(release.values["env"])).map(([key, value]) => ({ name: key, value: value ?? "" }));
    return [
      { ...definition("ExternalSecret", "externalsecrets", "kubernetes-client.io", "Namespaced") },
      object("v1", "ServiceAccount", { name: account, namespace: release.namespace, labels: own }),
      delegator(`${name}-auth`, account, release.namespace, own),
      deployment(release, name, "kubernetes-external-secrets", {
        serviceAccountName: account,
        containers: [{ name: "kubernetes-external-secrets", env }],
      }),
    ];
  },
};

const vault: Chart = {
  version: "0.34.1",
  appVersion: "1.21.0",
  render: (given) => {
    const release = { ...given, namespace: asText(at(given.values, "global", "namespace")) || given.namespace };
    const [called, name] = vaultNames(release);
    const pods = { "app.kubernetes.io/name": called, "app.kubernetes.io/instance": release.name, component: "server" };
    const own = labels(release, called);
    return [
      object("v1", "ServiceAccount", { name, namespace: release.namespace, labels: own }),
      object(
        "v1",
        "ConfigMap",
        { name: `${name}-config`, namespace: release.namespace, labels: own },
        { data: { "extraconfig-from-values.hcl": asText(at(release.values, "server", "ha", "raft", "config")) || 'storage "raft" {}\n' } },
      ),
      delegator(`${name}-server-binding`, name, release.namespace, own),
      ...vaultServices(release, name, own, pods),
      object(
        "apps/v1",
        "StatefulSet",
        { name, namespace: release.namespace, labels: own },
        {
          spec: {
            replicas: at(release.values, "server", "ha", "replicas") ?? 3,
            serviceName: `${name}-internal`,
            podManagementPolicy: "Parallel",
            updateStrategy: { type: "OnDelete" },
            selector: { matchLabels: pods },
            template: { metadata: { labels: pods }, spec: vaultPod(name, release.values) },
            ...(at(release.values, "server", "dataStorage", "enabled") !== false && { volumeClaimTemplates: [dataClaim(release.values)] }),
          },
        },
      ),
    ];
  },
};

/** What labels call the chart, and the name of its objects: https://github.com/hashicorp/vault-helm, templates/_helpers.tpl. */
function vaultNames({ name, values }: Release): [string, string] {
  const called = asText(values["nameOverride"]) || "vault";
  return [called, asText(values["fullnameOverride"]) || fullname(name, called)];
}

function vaultServices(release: Release, name: string, own: JsonObject, pods: JsonObject): JsonObject[] {
  const ui = asObject(release.values["ui"]);
  const { port, targetPort } = asObject(at(release.values, "server", "service"));
  const service = (suffix: string, selector: JsonObject, spec: JsonObject): JsonObject =>
    object(
      "v1",
      "Service",
      { name: `${name}${suffix}`, namespace: release.namespace, labels: own },
      {
        spec: {
          selector: { ...pods, ...selector },
          ports: [{ name: "http", port: port ?? 8200, targetPort: targetPort ?? 8200 }],
          ...spec,
        },
      },
    );
  const toClients = [
    service("", {}, { publishNotReadyAddresses: true }),
    service("-active", { "vault-active": "true" }, {}),
    service("-standby", { "vault-active": "false" }, {}),
  ];
  const [all, ...others] = at(release.values, "server", "service", "enabled") === false ? [] : toClients;
  return [
    ...(all === undefined ? [] : [all]),
    service("-internal", {}, { clusterIP: "None", publishNotReadyAddresses: true }),
    ...others,
    ...(ui["enabled"] === true
      ? [service("-ui", ui["activeVaultPodOnly"] === true ? { "vault-active": "true" } : {}, { type: ui["serviceType"] ?? "ClusterIP" })]
      : []),
  ];
}

function vaultPod(account: string, values: JsonObject): JsonObject {
  const scheme = at(values, "global", "tlsDisable") === false ? "https" : "http";
  const { pod, container } = asObject(at(values, "server", "statefulSet", "securityContext"));
  const user = { runAsNonRoot: true, runAsGroup: 1000, runAsUser: 100, fsGroup: 1000 };
  const [volumes, mounts] = [asList(at(values, "server", "volumes")), asList(at(values, "server", "volumeMounts"))];
  return {
    serviceAccountName: account,
    securityContext: orElse(pod, user),
    containers: [
      {
        name: "vault",
        securityContext: orElse(container, { allowPrivilegeEscalation: false }),
        image: `hashicorp/vault:${asText(at(values, "server", "image", "tag")) || "1.21.0"}`,
        ports: [
          { name: scheme, containerPort: 8200 },
          { name: "https-internal", containerPort: 8201 },
        ],
        env: [
          { name: "VAULT_ADDR", value: `${scheme}://127.0.0.1:8200` },
          { name: "VAULT_API_ADDR", value: `${scheme}://$(POD_IP):8200` },
          ...Object.entries(asObject(at(values, "server", "extraEnvironmentVars"))).map(([key, value]): Json => ({
            name: key,
            value: value ?? "",
          })),
        ],
        ...(mounts.length > 0 && { volumeMounts: mounts }),
      },
      ...asList(at(values, "server", "extraContainers")),
    ],
    ...(volumes.length > 0 && { volumes }),
  };
}

/** As the chart's templates take a value: one that is empty is none. */
const orElse = (value: Json | undefined, otherwise: JsonObject): JsonObject =>
  Object.keys(asObject(value)).length > 0 ? asObject(value) : otherwise;

function dataClaim(values: JsonObject): JsonObject {
  const { size, storageClass } = asObject(at(values, "server", "dataStorage"));
  return {
    metadata: { name: "data" },
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: size ?? "10Gi" } },
      ...(storageClass !== undefined && storageClass !== null && { storageClassName: storageClass }),
    },
  };
}

/** Charts by their plain name; a folder or an archive is known by the end of its path. */
export const charts: Readonly<Record<string, Chart>> = { vault, "external-secrets": eso, "kubernetes-external-secrets": kes };
