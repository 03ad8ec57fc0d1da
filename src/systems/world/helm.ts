import type { Plain } from "../../core/compare.ts";

export interface HelmRelease {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  readonly status: string;
  /** Chart and version as helm prints them, e.g. "vault-0.34.1". */
  readonly chart: string;
  readonly appVersion: string;
  /** The values that the user set, without the chart's defaults. */
  readonly values: Readonly<Record<string, Plain | undefined>>;
  /** When its newest revision was begun; undefined where helm does not say. */
  readonly updated?: Date | undefined;
  /** Labels of the release (helm install --labels); ours say so. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface HelmReader {
  /** As helm says it, e.g. "v4.1.0". Throws VK1301, VK1302. */
  version(): Promise<string>;
  /** Undefined when there is no such release. Throws VK1301, VK1302. */
  release(namespace: string, name: string): Promise<HelmRelease | undefined>;
  /** Whether the helm that left a release pending has surely ended. "Not known" is no. */
  isCutOff(release: HelmRelease): Promise<boolean>;
  /** The manifest of a release's newest revision, as YAML documents, without hooks. */
  manifest(namespace: string, name: string): Promise<string>;
  /** The hooks of a release's newest revision, as YAML documents: what helm runs besides. */
  hooks(namespace: string, name: string): Promise<string>;
  /** The values of a request in one piece: its own, those of the files, and the single ones. No cluster is asked. Throws VK1305. */
  values(request: ReleaseInputs): Promise<Plain>;
  /** What the request would install here, as YAML documents, with its hooks. Nothing is written. Throws VK1303 to VK1305. */
  render(request: RenderRequest): Promise<string>;
}

export interface ChartRef {
  /** A name in `repo`, an oci:// reference, a folder or an archive. */
  readonly chart: string;
  readonly repo?: string | undefined;
  readonly version?: string | undefined;
}

export interface HelmRequest {
  readonly namespace: string;
  readonly name: string;
  readonly chart: ChartRef;
  /** Our values; later files and sets win over them. */
  readonly values: Readonly<Record<string, Plain | undefined>>;
  readonly valuesFiles: readonly string[];
  readonly sets: readonly string[];
  /** Labels of the release, e.g. that it is ours. */
  readonly labels: Readonly<Record<string, string>>;
}

/** All that helm is given for a release. */
export type ReleaseInputs = Omit<HelmRequest, "labels">;

export interface RenderRequest extends ReleaseInputs {
  /** Whether the release is there already: charts may ask. */
  readonly upgrade: boolean;
  /** With definitions of custom resources: all that helm would send. */
  readonly whole?: boolean;
}

export interface HelmWriter extends HelmReader {
  /** helm upgrade --install, without --wait, with the request's labels, values by standard input. Throws VK1303 to VK1305. */
  install(request: HelmRequest): Promise<void>;
  /** helm uninstall, without --wait; silent when there is no such release. Throws VK1304. */
  uninstall(namespace: string, name: string): Promise<void>;
}
