import { install as fields } from "../fields/install.ts";
import type { Settings } from "../fields.ts";

/** Vault's Helm release: where it is, by which its pods are found, and what it is made with. */
export interface InstallSpec {
  readonly namespace: string;
  readonly release: string;
  readonly chart: { readonly chart: string; readonly repo: string; readonly version: string | undefined };
  readonly imageTag: string | undefined;
  readonly valuesFiles: readonly string[];
  /** KEY=VALUE */
  readonly sets: readonly string[];
  readonly replicas: number;
  /** Each pod has a node of its own. */
  readonly antiAffinity: boolean;
  readonly storage: { readonly class: string | undefined; readonly size: string };
  readonly ui: boolean;
  readonly expose: Settings["expose"];
  /** An address that others use may go. */
  readonly forceAddress: boolean;
  /** For `expose` Ingress. */
  readonly ingress: { readonly host: string | undefined; readonly class: string | undefined; readonly tlsSecret: string | undefined };
}

/** What is wanted where nothing is said. */
export const installPresets = {
  replicas: fields.replicas.default,
  storageSize: fields.storageSize.default,
  expose: fields.expose.default,
} as const;

/** Repositories of charts that are not HashiCorp's. */
const repos: Readonly<Record<string, string>> = { openbao: "https://openbao.github.io/openbao-helm" };

/** HashiCorp's has none of theirs: where nobody names another, it is their own. */
const repoOf = ({ chart, chartRepo }: Settings): string =>
  chartRepo === fields.chartRepo.default ? (repos[chart] ?? chartRepo) : chartRepo;

export const installOf = (settings: Settings): InstallSpec => ({
  namespace: settings.installNamespace,
  release: settings.release,
  chart: { chart: settings.chart, repo: repoOf(settings), version: settings.chartVersion },
  imageTag: settings.imageTag,
  valuesFiles: settings.values,
  sets: settings.set,
  replicas: settings.replicas,
  antiAffinity: settings.antiAffinity,
  storage: { class: settings.storageClass, size: settings.storageSize },
  ui: settings.ui,
  expose: settings.expose,
  forceAddress: settings.forceAddress,
  ingress: { host: settings.ingressHost, class: settings.ingressClass, tlsSecret: settings.ingressTlsSecret },
});
