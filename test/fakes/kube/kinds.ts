/** A kind that the API server serves. */
export interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

const core = (kind: string, plural: string, namespaced = true): Kind => ({ group: "", version: "v1", kind, plural, namespaced });
const of = (group: string, kind: string, plural: string, namespaced = true): Kind => ({ group, version: "v1", kind, plural, namespaced });

export const builtInKinds: readonly Kind[] = [
  core("Namespace", "namespaces", false),
  core("Node", "nodes", false),
  core("Secret", "secrets"),
  core("ConfigMap", "configmaps"),
  core("Service", "services"),
  core("ServiceAccount", "serviceaccounts"),
  core("Pod", "pods"),
  core("Event", "events"),
  core("Endpoints", "endpoints"),
  core("PersistentVolumeClaim", "persistentvolumeclaims"),
  core("PersistentVolume", "persistentvolumes", false),
  core("ResourceQuota", "resourcequotas"),
  core("LimitRange", "limitranges"),
  of("apps", "StatefulSet", "statefulsets"),
  of("apps", "ControllerRevision", "controllerrevisions"),
  of("apps", "Deployment", "deployments"),
  of("apps", "DaemonSet", "daemonsets"),
  of("apps", "ReplicaSet", "replicasets"),
  of("batch", "Job", "jobs"),
  of("batch", "CronJob", "cronjobs"),
  of("coordination.k8s.io", "Lease", "leases"),
  of("discovery.k8s.io", "EndpointSlice", "endpointslices"),
  of("networking.k8s.io", "Ingress", "ingresses"),
  of("networking.k8s.io", "IngressClass", "ingressclasses", false),
  of("storage.k8s.io", "StorageClass", "storageclasses", false),
  of("storage.k8s.io", "CSIStorageCapacity", "csistoragecapacities"),
  of("storage.k8s.io", "CSIDriver", "csidrivers", false),
  of("storage.k8s.io", "CSINode", "csinodes", false),
  of("rbac.authorization.k8s.io", "ClusterRole", "clusterroles", false),
  of("rbac.authorization.k8s.io", "ClusterRoleBinding", "clusterrolebindings", false),
  of("rbac.authorization.k8s.io", "Role", "roles"),
  of("rbac.authorization.k8s.io", "RoleBinding", "rolebindings"),
  of("apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions", false),
  of("admissionregistration.k8s.io", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", false),
];

export const apiVersionOf = ({ group, version }: Kind): string => (group === "" ? version : `${group}/${version}`);

/** As messages write it: "secrets", "secretstores.external-secrets.io". */
export const resourceName = ({ plural, group }: Pick<Kind, "plural" | "group">): string => (group === "" ? plural : `${plural}.${group}`);
