import type { ObjectRef } from "../world.ts";

/** Plural name in the API's paths, and whether objects of the kind live in a namespace. */
interface KindFacts {
  readonly plural: string;
  readonly namespaced: boolean;
}

const inNamespace = (plural: string): KindFacts => ({ plural, namespaced: true });
const ofCluster = (plural: string): KindFacts => ({ plural, namespaced: false });

/** The kinds that are used here, so that no discovery is needed. */
const facts: Readonly<Record<string, KindFacts>> = {
  Namespace: ofCluster("namespaces"),
  Node: ofCluster("nodes"),
  StorageClass: ofCluster("storageclasses"),
  IngressClass: ofCluster("ingressclasses"),
  ClusterRole: ofCluster("clusterroles"),
  ClusterRoleBinding: ofCluster("clusterrolebindings"),
  CustomResourceDefinition: ofCluster("customresourcedefinitions"),
  ValidatingWebhookConfiguration: ofCluster("validatingwebhookconfigurations"),
  MutatingWebhookConfiguration: ofCluster("mutatingwebhookconfigurations"),
  ClusterSecretStore: ofCluster("clustersecretstores"),
  Secret: inNamespace("secrets"),
  ConfigMap: inNamespace("configmaps"),
  Service: inNamespace("services"),
  ServiceAccount: inNamespace("serviceaccounts"),
  Pod: inNamespace("pods"),
  ResourceQuota: inNamespace("resourcequotas"),
  LimitRange: inNamespace("limitranges"),
  PersistentVolume: ofCluster("persistentvolumes"),
  CSIDriver: ofCluster("csidrivers"),
  CSINode: ofCluster("csinodes"),
  CSIStorageCapacity: inNamespace("csistoragecapacities"),
  Event: inNamespace("events"),
  PersistentVolumeClaim: inNamespace("persistentvolumeclaims"),
  Endpoints: inNamespace("endpoints"),
  EndpointSlice: inNamespace("endpointslices"),
  StatefulSet: inNamespace("statefulsets"),
  ControllerRevision: inNamespace("controllerrevisions"),
  Deployment: inNamespace("deployments"),
  ReplicaSet: inNamespace("replicasets"),
  DaemonSet: inNamespace("daemonsets"),
  CronJob: inNamespace("cronjobs"),
  Job: inNamespace("jobs"),
  Ingress: inNamespace("ingresses"),
  PodDisruptionBudget: inNamespace("poddisruptionbudgets"),
  NetworkPolicy: inNamespace("networkpolicies"),
  Lease: inNamespace("leases"),
  Role: inNamespace("roles"),
  RoleBinding: inNamespace("rolebindings"),
  Certificate: inNamespace("certificates"),
  Issuer: inNamespace("issuers"),
  ClusterIssuer: ofCluster("clusterissuers"),
  SecretStore: inNamespace("secretstores"),
  ExternalSecret: inNamespace("externalsecrets"),
};

/** The path of all objects of a kind; in one namespace, or in all where it is left out. */
export function collectionPath({
  apiVersion,
  kind,
  namespace,
  plural: given,
}: Omit<ObjectRef, "name"> & { readonly plural?: string | undefined }): string {
  const { plural, namespaced } = given === undefined ? factsOf(kind) : inNamespace(given);
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return namespaced && namespace !== undefined ? `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}` : `${root}/${plural}`;
}

/** The path of one object. */
export function objectPath(ref: ObjectRef): string {
  if (factsOf(ref.kind).namespaced && ref.namespace === undefined) throw new Error(`${ref.kind} ${ref.name} needs a namespace`);
  return `${collectionPath(ref)}/${encodeURIComponent(ref.name)}`;
}

/** The plural name of a kind with its group, as kubectl writes it, e.g. "externalsecrets.external-secrets.io". */
export function resourceName(apiVersion: string, kind: string, plural = factsOf(kind).plural): string {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  return group === "" ? plural : `${plural}.${group}`;
}

/** Whether objects of a kind can be asked for without discovery. */
export const isInTable = (kind: string): boolean => facts[kind] !== undefined;

function factsOf(kind: string): KindFacts {
  const found = facts[kind];
  if (found === undefined) throw new Error(`the kind ${kind} is not in the table`);
  return found;
}
