import { randomBytes } from "node:crypto";
import type { KubeObject } from "../../../systems/world.ts";
import { outsideMeshes, proofUser } from "../../../systems/proof-pod.ts";
import { ownerLabels } from "../../../kubernetes/ownership.ts";
import type { VaultPodShape } from "./vault-pod.ts";

/** A token that the pod gets as a file. */
interface PodToken {
  readonly file: string;
  /** Undefined for the API server's own. */
  readonly audience: string | undefined;
}

export interface ProbePod {
  readonly namespace: string;
  readonly image: string;
  readonly shape?: VaultPodShape | undefined;
  readonly labels?: Readonly<Record<string, string>>;
  /** POSIX shell. What it leaves in /dev/termination-log is its answer. */
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  readonly serviceAccount?: string;
  readonly tokens?: readonly PodToken[];
  /** How long it may live, in seconds. */
  readonly seconds: number;
}

const tokenFolder = "/var/run/vault-k8s";

/**
 * A pod that asks something and ends. It fits the strictest pod security standard, and carries no token but those that it is given.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function probePod({
  namespace,
  image,
  shape,
  labels = {},
  script,
  env,
  serviceAccount,
  tokens = [],
  seconds,
}: ProbePod): KubeObject {
  const name = `vault-k8s-probe-${randomBytes(4).toString("hex")}`;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace,
      labels: { ...labels, ...outsideMeshes.labels, ...ownerLabels, "vault-k8s.io/probe": "true" },
      annotations: outsideMeshes.annotations,
    },
    spec: {
      restartPolicy: "Never",
      activeDeadlineSeconds: seconds,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...(serviceAccount !== undefined && { serviceAccountName: serviceAccount }),
      ...(shape !== undefined && { imagePullSecrets: shape.pullSecrets }),
      securityContext: proofUser({ given: shape?.givenUser ?? false, user: shape?.runAsUser }),
      containers: [
        {
          name: "probe",
          image,
          command: ["sh", "-c", `${prelude}${script}`],
          env: Object.entries({ HOME: "/home/probe", ...env }).map(([key, value]) => ({ name: key, value })),
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
          resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
          // What must stay on no disk goes to HOME.
          volumeMounts: [
            { name: "tmp", mountPath: "/tmp" },
            { name: "home", mountPath: "/home/probe" },
            ...(tokens.length === 0 ? [] : [{ name: "tokens", mountPath: tokenFolder, readOnly: true }]),
          ],
        },
      ],
      volumes: [
        { name: "tmp", emptyDir: {} },
        { name: "home", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
        ...(tokens.length === 0 ? [] : [{ name: "tokens", projected: { sources: tokens.map(source) } }]),
      ],
    },
  };
}

const source = ({ file, audience }: PodToken) => ({
  serviceAccountToken: { path: file, expirationSeconds: 600, ...(audience !== undefined && { audience }) },
});

// The program of some images carries a file capability that a pod without capabilities may not run; a copy does not carry it.
const prelude = `
p=$(command -v vault || command -v bao) || { echo "no vault in this image" > /dev/termination-log; exit 3; }
"$p" version > /dev/null 2>&1 || { cp "$p" /tmp/vault && p=/tmp/vault; }
`;
