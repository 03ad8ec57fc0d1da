import { ownerLabels } from "../../kubernetes/ownership.ts";

/** What runs on a schedule, and where. */
export interface Schedule {
  readonly namespace: string;
  readonly image: string;
  /** As cron writes it. */
  readonly cron: string;
  /** Files of the ConfigMap: vault-k8s.yaml, and what it names. */
  readonly files: Readonly<Record<string, string>>;
  /** Secrets that the pod may read, NAMESPACE/NAME, and no others. */
  readonly secrets: readonly string[];
}

/** The account of the pod, which the role in Vault is bound to. */
export const account = "vault-k8s-fleet-read";

const folder = "/etc/vault-k8s";

/** A CronJob that runs fleet plan, with no more rights than to get the Secrets of its clusters, each by its name. */
export function manifests(schedule: Schedule): object[] {
  const { namespace, files, secrets } = schedule;
  const byNamespace = Map.groupBy(secrets, (secret) => secret.split("/")[0] ?? "");
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: ownerLabels } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: place(namespace) },
    ...[...byNamespace].flatMap(([of, names]) => rights(of, names, namespace)),
    { apiVersion: "v1", kind: "ConfigMap", metadata: place(namespace), data: files },
    cronJob(schedule),
  ];
}

const place = (namespace: string) => ({ name: account, namespace, labels: ownerLabels });

function rights(namespace: string, secrets: readonly string[], of: string): object[] {
  const resourceNames = secrets.map((secret) => secret.split("/")[1] ?? "").sort();
  return [
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: place(namespace),
      rules: [{ apiGroups: [""], resources: ["secrets"], resourceNames, verbs: ["get"] }],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: place(namespace),
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: account },
      subjects: [{ kind: "ServiceAccount", name: account, namespace: of }],
    },
  ];
}

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/ "Restricted" */
const restricted = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } };

function cronJob({ namespace, image, cron }: Schedule): object {
  const container = {
    name: "plan",
    image,
    args: ["fleet", "plan", "-f", `${folder}/vault-k8s.yaml`, "-o", "jsonl", "--no-input"],
    securityContext: restricted,
    resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
    volumeMounts: [
      { name: "config", mountPath: folder, readOnly: true },
      { name: "login", mountPath: "/var/run/secrets/vault-k8s", readOnly: true },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
  const volumes = [
    { name: "config", configMap: { name: account } },
    // For Vault alone: the API server does not take a token of this audience.
    { name: "login", projected: { sources: [{ serviceAccountToken: { audience: "vault", expirationSeconds: 3600, path: "token" } }] } },
    { name: "tmp", emptyDir: {} },
  ];
  const pod = {
    serviceAccountName: account,
    restartPolicy: "Never",
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      fsGroup: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [container],
    volumes,
  };
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: place(namespace),
    spec: {
      schedule: cron,
      concurrencyPolicy: "Forbid",
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: { spec: { backoffLimit: 1, activeDeadlineSeconds: 3600, template: { spec: pod } } },
    },
  };
}
