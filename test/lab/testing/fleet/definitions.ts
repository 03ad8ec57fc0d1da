/** As much of a definition as the API server needs to take objects of the real form: group, version, kind, and a status of its own. */
const definition = (group: string, version: string, kind: string, plural: string, status: boolean): object => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: "Namespaced",
    names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        ...(status && { subresources: { status: {} } }),
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
              status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
            },
          },
        },
      },
    ],
  },
});

/** Those of Cluster API, ClusterProfiles and Argo CD's projects, in our words: their makers' are hundreds of KiB. */
export const definitions: readonly object[] = [
  definition("cluster.x-k8s.io", "v1beta2", "Cluster", "clusters", true),
  definition("multicluster.x-k8s.io", "v1alpha1", "ClusterProfile", "clusterprofiles", true),
  definition("argoproj.io", "v1alpha1", "AppProject", "appprojects", false),
];
