import { kustomization, manifestFile, type ExportedFile } from "./file.ts";
import { folders } from "./objects.ts";
import type { ExportedRelease } from "./releases.ts";
import { remoteChart } from "./remote-chart.ts";

const interval = "10m";

/** Where the export lies in the repository, and the GitRepository that Flux knows it by. */
export interface FluxPlace {
  /** Path of the folder in the repository, e.g. "./clusters/eks-prod/vault-k8s". */
  readonly path: string;
  readonly repository: string;
  readonly namespace: string;
}

/** A HelmRepository and a HelmRelease for each release, and the Kustomizations that bring all in order. */
export function fluxFiles(releases: readonly ExportedRelease[], custom: boolean, place: FluxPlace): ExportedFile[] {
  const charts = releases.flatMap((release) => [
    manifestFile(`flux/helm/helmrepository-${release.name}.yaml`, helmRepository(release)),
    manifestFile(`flux/helm/helmrelease-${release.name}.yaml`, helmRelease(release)),
  ]);
  const steps = [
    { name: "vault-k8s-base", folder: folders.base },
    ...(releases.length > 0 ? [{ name: "vault-k8s-helm", folder: "flux/helm" }] : []),
    ...(custom ? [{ name: "vault-k8s-external-secrets", folder: folders.custom }] : []),
  ];
  const kustomizations = steps.map((step, index) =>
    manifestFile(`flux/kustomization-${index + 1}-${step.name}.yaml`, fluxKustomization(step, steps[index - 1]?.name, place)),
  );
  return [
    ...charts,
    ...(charts.length > 0
      ? [
          kustomization(
            "flux/helm",
            charts.map(({ path }) => path.slice("flux/helm/".length)),
          ),
        ]
      : []),
    ...kustomizations,
  ];
}

/** https://fluxcd.io/flux/components/source/helmrepositories/ */
function helmRepository({ name, namespace, chart }: ExportedRelease): object {
  const { repo } = remoteChart(chart, "Flux");
  return {
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "HelmRepository",
    metadata: { name, namespace },
    spec: { interval, url: repo, ...(repo.startsWith("oci://") && { type: "oci" }) },
  };
}

/** https://fluxcd.io/flux/components/helm/helmreleases/ */
function helmRelease({ name, namespace, chart, values, leftOut, waits }: ExportedRelease): object {
  const { name: chartName, version } = remoteChart(chart, "Flux");
  const wait = waits ? {} : { disableWait: true };
  return {
    apiVersion: "helm.toolkit.fluxcd.io/v2",
    kind: "HelmRelease",
    metadata: { name, namespace },
    spec: {
      interval,
      releaseName: name,
      chart: { spec: { chart: chartName, version, sourceRef: { kind: "HelmRepository", name } } },
      // Vault's pods are not ready until Vault is unsealed.
      install: wait,
      upgrade: wait,
      values,
      ...(leftOut.length > 0 && {
        valuesFrom: leftOut.map((path, index) => ({ kind: "Secret", name: secretName(name), valuesKey: keyOf(index), targetPath: path })),
      }),
    },
  };
}

/** The Secret that holds the values that were left out, and the keys in it. */
export const secretName = (release: string): string => `${release}-values`;
export const keyOf = (index: number): string => `value-${index + 1}`;

/** https://fluxcd.io/flux/components/kustomize/kustomizations/ */
function fluxKustomization(
  { name, folder }: { name: string; folder: string },
  before: string | undefined,
  { path, repository, namespace }: FluxPlace,
): object {
  return {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name, namespace },
    spec: {
      interval,
      path: `${path}/${folder}`,
      // Taking the files away must not take Vault and its data away.
      prune: false,
      wait: true,
      sourceRef: { kind: "GitRepository", name: repository },
      ...(before !== undefined && { dependsOn: [{ name: before }] }),
    },
  };
}
