import type { KubeObject } from "../../systems/world.ts";
import { manifestFile, type ExportedFile } from "./file.ts";
import type { ExportedRelease } from "./releases.ts";
import { remoteChart } from "./remote-chart.ts";

/** Lower waves are applied first: https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/. */
const waves = { base: "-1", release: "0", custom: "1" } as const;

/** An object with its place in the order; kinds that are not served yet must not stop the others. */
export function forArgoCd(object: KubeObject, custom: boolean): KubeObject {
  const annotations = {
    ...object.metadata.annotations,
    "argocd.argoproj.io/sync-wave": custom ? waves.custom : waves.base,
    ...(custom && { "argocd.argoproj.io/sync-options": "SkipDryRunOnMissingResource=true" }),
  };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** An Application for each release: https://argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml. */
export const applications = (releases: readonly ExportedRelease[], namespace: string): ExportedFile[] =>
  releases.map((release) => manifestFile(`argocd/${release.name}.yaml`, application(release, namespace)));

function application({ name, namespace, chart, values }: ExportedRelease, argoNamespace: string): object {
  const { repo, name: chartName, version } = remoteChart(chart, "Argo CD");
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name, namespace: argoNamespace, annotations: { "argocd.argoproj.io/sync-wave": waves.release } },
    spec: {
      project: "default",
      destination: { server: "https://kubernetes.default.svc", namespace },
      // Argo CD names a registry without its scheme.
      source: {
        repoURL: repo.replace(/^oci:\/\//, ""),
        chart: chartName,
        targetRevision: version,
        helm: { releaseName: name, valuesObject: values },
      },
      syncPolicy: { automated: { selfHeal: true }, syncOptions: ["CreateNamespace=true", "ServerSideApply=true"] },
    },
  };
}
