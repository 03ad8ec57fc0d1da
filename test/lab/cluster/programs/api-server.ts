import { join } from "node:path";
import type { Cluster } from "../inside.ts";
import { pki } from "../node/certificates.ts";
import { ETCD } from "./etcd.ts";
import { flags, inLab } from "./program.ts";
import type { Program } from "./program.ts";

const ISSUER = "https://kubernetes.default.svc.cluster.local";

/** The API server, with an audit log that names verb, path and user of each request. */
export function apiServer(cluster: Cluster): Program {
  return {
    name: "api-server",
    command: join(cluster.programs.kubernetes, "kube-apiserver"),
    args: [...flags(serving(cluster)), ...flags(identity())],
    files: { "etc/audit-policy.yaml": auditPolicy },
  };
}

function serving({ spec }: Cluster): Record<string, string> {
  return {
    "etcd-servers": ETCD,
    "secure-port": "6443",
    "advertise-address": spec.nodeAddress,
    "service-cluster-ip-range": spec.serviceNetwork,
    "allow-privileged": "true",
    "kubelet-preferred-address-types": "InternalIP",
    "enable-admission-plugins": "NodeRestriction",
    "audit-policy-file": inLab("etc/audit-policy.yaml"),
    "audit-log-path": inLab("audit.log"),
    "audit-log-maxsize": "1000",
    "tls-cert-file": pki("api-server.crt"),
    "tls-private-key-file": pki("api-server.key"),
    "kubelet-client-certificate": pki("kubelet-client.crt"),
    "kubelet-client-key": pki("kubelet-client.key"),
  };
}

function identity(): Record<string, string> {
  return {
    "client-ca-file": pki("ca.crt"),
    "authorization-mode": "Node,RBAC",
    "service-account-issuer": ISSUER,
    "service-account-key-file": pki("tokens.pub"),
    "service-account-signing-key-file": pki("tokens.key"),
  };
}

/** Leases, events and what the cluster reads of itself would bury the requests that matter. */
const auditPolicy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived", "ResponseStarted"],
  rules: [
    { level: "None", resources: [{ group: "coordination.k8s.io" }, { group: "events.k8s.io" }] },
    { level: "None", resources: [{ group: "", resources: ["events"] }] },
    {
      level: "None",
      verbs: ["get", "list", "watch"],
      users: ["lab", "system:apiserver", "system:kube-controller-manager", "system:kube-scheduler", "system:kube-proxy"],
    },
    {
      level: "None",
      verbs: ["get", "list", "watch"],
      userGroups: ["system:nodes", "system:serviceaccounts:kube-system"],
    },
    { level: "Metadata" },
  ],
};
