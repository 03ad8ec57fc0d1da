import { parse } from "yaml";
import type { KubeObject } from "../../systems/world.ts";
import { documentsById } from "./manifest.ts";

const clusterWide: ReadonlySet<string> = new Set([
  "APIService",
  "ClusterRole",
  "ClusterRoleBinding",
  "CustomResourceDefinition",
  "IngressClass",
  "MutatingWebhookConfiguration",
  "Namespace",
  "PersistentVolume",
  "PriorityClass",
  "StorageClass",
  "ValidatingWebhookConfiguration",
]);

/** The objects of a rendered manifest, each in its namespace; of definitions of custom resources, which are long, only their names. */
export function objectsIn(manifest: string, namespace: string): KubeObject[] {
  return [...documentsById(manifest)].flatMap(([id, text]) => {
    const object = id.startsWith("CustomResourceDefinition ") ? definition(id) : (parse(text) as KubeObject);
    if (object.metadata.annotations?.["helm.sh/hook"]?.startsWith("test") === true) return [];
    const placed = clusterWide.has(object.kind) ? object.metadata : { namespace, ...object.metadata };
    return [{ ...object, metadata: placed }];
  });
}

const definition = (id: string): KubeObject => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: id.split(" ")[1] ?? "" },
});
